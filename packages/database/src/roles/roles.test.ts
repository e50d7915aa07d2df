import { type RawBuilder, sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../connection/connect.js";
import { classifyDatabaseError, errorCode } from "../errors.js";
import { migrate, schemaVersion } from "../migrate.js";
import { NodeStore } from "../nodes/apply.js";
import { dropOldDays } from "../retention/drop-old-days.js";
import { nodeState, nodes, storeNodes } from "../testing/node-samples.js";
import { type Group, makeRoles, useRoleLogins } from "../testing/role-logins.js";

const logins = useRoleLogins();
const OLD = Date.UTC(2020, 0, 1) / 1000;

beforeAll(async () => {
  // Two at once, as when a deployment starts several.
  await Promise.all([migrate(logins().as("cc_ingest_owner")), migrate(logins().as("cc_ingest_owner"))]);
});

/** Written down on its own: select, insert, update, delete. */
const expected: Readonly<Record<string, readonly [service: string, reader: string]>> = {
  job: ["siud", "s"],
  tag: ["si", "s"],
  jobtag: ["sid", "s"],
  job_usage: ["sid", "s"],
  job_usage_change: ["sd", "s"],
  parked_stop: ["sid", "s"],
  start_message: ["siu", "s"],
  ingest_lock: ["su", ""],
  node: ["siu", "s"],
  node_state: ["siu", "s"],
  node_state_change: ["siud", "s"],
  nodes_per_state_delta: ["siud", "s"],
  node_allocation: ["s", "s"],
  dead_letter: ["siud", "s"],
  dead_letter_action: ["si", "s"],
  lone_attempt: ["siud", "s"],
  watermark: ["siu", "s"],
  kysely_migration: ["s", "s"],
  kysely_migration_lock: ["", ""],
};

test("of every table each role may do what it needs and nothing else", async () => {
  const may = (role: string, privilege: string) =>
    sql`CASE WHEN has_table_privilege(${role}, oid, ${privilege}) THEN ${sql.lit(privilege[0]?.toLowerCase())} ELSE '' END`;
  const list = (role: string) =>
    sql.join(
      ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"].map((each) =>
        may(role, each),
      ),
      sql` || `,
    );
  const { rows } = await sql<{ name: string; owner: string; service: string; reader: string }>`
    SELECT relname AS name, pg_get_userbyid(relowner) AS owner, ${list("cc_ingest_service")} AS service,
      ${list("cc_ingest_reader")} AS reader
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')`.execute(
    logins().admin,
  );
  expect(new Set(rows.map(({ owner }) => owner))).toEqual(new Set(["cc_ingest_owner"]));
  expect(Object.fromEntries(rows.map(({ name, service, reader }) => [name, [service, reader]]))).toEqual(
    expected,
  );
});

test("functions that make and drop days are for services, those that answer questions for readers too", async () => {
  const { rows } = await sql<{ name: string; service: boolean; reader: boolean; definer: boolean }>`
    SELECT proname AS name, has_function_privilege('cc_ingest_service', oid, 'EXECUTE') AS service,
      has_function_privilege('cc_ingest_reader', oid, 'EXECUTE') AS reader, prosecdef AS definer
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname`.execute(logins().admin);
  expect(rows).toEqual([
    { name: "drop_retired_node_state", service: true, reader: false, definer: true },
    { name: "ensure_node_state_partition", service: true, reader: false, definer: true },
    { name: "mark_job_usage", service: false, reader: false, definer: true },
    { name: "node_down_time", service: true, reader: true, definer: false },
    { name: "node_hours", service: true, reader: true, definer: false },
    { name: "nodes_per_state", service: true, reader: true, definer: false },
    { name: "retire_node_state_day", service: true, reader: false, definer: true },
  ]);
});

const refusal = async (db: Database, statement: RawBuilder<unknown>): Promise<unknown> =>
  await statement.execute(db).then(
    () => "done",
    (error: unknown) => error,
  );

describe.each<[Group, readonly string[]]>([
  [
    "cc_ingest_service",
    [
      "DROP TABLE job",
      "ALTER TABLE job ADD mine integer",
      "CREATE TABLE mine (id integer)",
      "TRUNCATE job",
      "CREATE INDEX mine ON job (hpc_user)",
      "DELETE FROM dead_letter_action",
      "UPDATE dead_letter_action SET actor = 'nobody'",
      "INSERT INTO kysely_migration VALUES ('9999', 'now')",
      "DELETE FROM node",
      "ALTER TABLE node_state DETACH PARTITION node_state_20200101",
      "DROP TABLE node_state_20200101",
      "INSERT INTO node_state_20200101 SELECT * FROM node_state",
      "CREATE ROLE mine",
      "SET ROLE cc_ingest_owner",
      "ALTER FUNCTION retire_node_state_day(date, text) SECURITY INVOKER",
    ],
  ],
  [
    "cc_ingest_reader",
    [
      "INSERT INTO tag (tag_type, tag_name, tag_scope) VALUES ('a', 'b', 'c')",
      "UPDATE job SET hpc_user = 'me'",
      "DELETE FROM dead_letter",
      "SELECT FROM ingest_lock FOR UPDATE",
      "SELECT FROM job FOR UPDATE",
      "SELECT ensure_node_state_partition('2020-01-02')",
      "SELECT retire_node_state_day('2020-01-01', '0123456789ab')",
      "CREATE TABLE mine (id integer)",
      "SET ROLE cc_ingest_service",
    ],
  ],
])("%s is refused", (group, statements) => {
  beforeAll(() => storeNodes(logins().admin, new NodeStore(), [nodes(OLD, [nodeState("f0101")])]));

  test.each(statements)("%s", async (statement) => {
    const error = await refusal(logins().as(group), sql.raw(statement));
    expect(errorCode(error)).toBe("42501");
    expect(classifyDatabaseError(error)).toBe("schema");
  });
});

test("a service makes the day it needs, and retires and drops it, though it owns nothing", async () => {
  const db = logins().as("cc_ingest_service");
  await storeNodes(db, new NodeStore(), [nodes(OLD + 86_400, [nodeState("f0101")])]);
  const kept: string[] = [];
  await dropOldDays(db, {
    days: 1,
    archive: {
      prepare: async () => {},
      async write({ day }, rows) {
        for await (const part of rows) kept.push(...part.map(({ hostname }) => `${day} ${hostname}`));
        // What a migration does meanwhile must not take the day away from it.
        await migrate(logins().as("cc_ingest_owner"));
        return { file: "memory" };
      },
    },
  });
  expect(kept).toContain("2020-01-02 f0101");
  const { rows } = await sql`SELECT FROM pg_class WHERE relname ~ '^node_state_(2020|retired)'`.execute(db);
  expect(rows).toEqual([]);
});

test.each(["0123", "0123456789ab'; DROP TABLE job; --", "0123456789AB"])(
  "the tag %j is refused",
  async (tag) => {
    const db = logins().as("cc_ingest_service");
    for (const statement of [
      sql`SELECT retire_node_state_day('2020-01-01', ${tag})`,
      sql`SELECT drop_retired_node_state('2020-01-01', ${tag})`,
    ])
      expect(errorCode(await refusal(db, statement))).toBe("22023");
  },
);

test("a service finds the schema current, and answers readers' questions only through readers' rights", async () => {
  expect(await schemaVersion(logins().as("cc_ingest_service"))).toBe("current");
  expect(await schemaVersion(logins().as("cc_ingest_reader"))).toBe("current");
  const question = sql`SELECT * FROM nodes_per_state('fritz', 0, 600, 300)`;
  await question.execute(logins().as("cc_ingest_reader"));
});

test("a service waits between the first migration and its grants", async () => {
  const { admin, as } = logins();
  await sql`REVOKE ALL ON kysely_migration FROM cc_ingest_service`.execute(admin);
  expect(await schemaVersion(as("cc_ingest_service"))).toBe("behind");
  await migrate(as("cc_ingest_owner"));
  expect(await schemaVersion(as("cc_ingest_service"))).toBe("current");
});

test("a database in use goes over to the roles: what an administrator owned becomes the owner's", async () => {
  const { admin, as } = logins();
  await sql`REASSIGN OWNED BY cc_ingest_owner TO CURRENT_USER`.execute(admin);
  await sql`REVOKE ALL ON job FROM cc_ingest_service`.execute(admin);
  await makeRoles(admin);
  await migrate(as("cc_ingest_owner"));
  const { rows } = await sql<{ owners: string[] }>`
    SELECT array_agg(DISTINCT pg_get_userbyid(relowner)::text) AS owners FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')`.execute(admin);
  expect(rows).toEqual([{ owners: ["cc_ingest_owner"] }]);
  const functions = await sql<{ owners: string[] }>`
    SELECT array_agg(DISTINCT pg_get_userbyid(proowner)::text) AS owners FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace`.execute(admin);
  expect(functions.rows).toEqual([{ owners: ["cc_ingest_owner"] }]);
  await sql`SELECT FROM job`.execute(as("cc_ingest_service"));
});
