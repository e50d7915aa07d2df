import { sql } from "kysely";
import { expect, test } from "vitest";
import { useEmptyTables } from "../testing/database.js";

const database = useEmptyTables(1);

const backend = async () => {
  const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(database());
  return rows[0]?.pid;
};

test("a connection to a server that has become read-only is not used again", async () => {
  const before = await backend();
  const writing = database()
    .transaction()
    .execute(async (trx) => {
      await sql`SET TRANSACTION READ ONLY`.execute(trx);
      await sql`INSERT INTO tag (tag_type, tag_name) VALUES (${"a"}, ${"b"})`.execute(trx);
    });
  await expect(writing).rejects.toMatchObject({ code: "25006" });
  expect(await backend()).not.toBe(before);
});

test("a transaction whose connection was ended tells what ended it", async () => {
  const ended = database()
    .transaction()
    .execute(async (trx) => await sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(trx));
  await expect(ended).rejects.toMatchObject({ code: "57P01" });
});

test("any other error leaves the connection in use", async () => {
  const before = await backend();
  await expect(sql`SELECT 1 / ${0}::integer`.execute(database())).rejects.toMatchObject({ code: "22012" });
  expect(await backend()).toBe(before);
});
