import { connect } from "@nats-io/transport-node";
import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { useDatabase } from "./use-database.js";
import { useNats } from "./use-nats.js";

let migrations = 0;

async function migrate(url: string): Promise<void> {
  migrations += 1;
  await query(url, "create table greeting (word text)");
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

const databases: string[] = [];

describe("a first group of tests", () => {
  const database = useDatabase({ migrate, template: "greetings" });
  const nats = useNats();

  it("has a migrated database", async () => {
    databases.push(database().url);
    await query(database().url, "insert into greeting values ('hello')");
    expect(await query(database().url, "select * from greeting")).toEqual([{ word: "hello" }]);
  });

  it("has a broker", async () => {
    const connection = await connect({ servers: nats().url });
    expect(connection.info?.jetstream).toBe(true);
    await connection.close();
  });
});

describe("a second group of tests", () => {
  const database = useDatabase({ migrate, template: "greetings" });

  it("has another database, cloned from the template that was migrated once", async () => {
    databases.push(database().url);
    expect(await query(database().url, "select * from greeting")).toEqual([]);
    expect(new Set(databases).size).toBe(2);
    expect(migrations).toBe(1);
  });

  it("finds the first group's database dropped", async () => {
    const { adminUrl, prefix } = inject("devstackPostgres");
    const rows = await query(
      adminUrl,
      `select datname from pg_database where datname like '${prefix}%' order by 1`,
    );
    expect(rows).toHaveLength(2);
  });
});
