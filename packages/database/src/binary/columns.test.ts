import { sql } from "kysely";
import { expect, test } from "vitest";
import type { ElementType } from "./binary-writer.js";
import { copyRows } from "../connection/copy-in.js";
import { Columns } from "./columns.js";
import { useEmptyTables } from "../testing/database.js";

const database = useEmptyTables();

type Value = string | number | bigint | boolean | Uint8Array | undefined;

async function roundTrip(type: ElementType, values: readonly Value[]): Promise<unknown[]> {
  const columns = new Columns<{ v: Value; place: number }>([
    { name: "v", type, value: (row) => row.v },
    { name: "place", type: "integer", value: (row) => row.place },
  ]);
  const { rows } = await sql<{ v: unknown }>`SELECT ${columns.names}
    FROM ${columns.rows(values.map((v, place) => ({ v, place })))} ORDER BY place`.execute(database());
  return rows.map((row) => row.v ?? undefined);
}

test.each<[ElementType, readonly Value[]]>([
  ["bigint", [0n, -1n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n, undefined]],
  [
    "bigint",
    [0, -1, 1, 4_294_967_295, 4_294_967_296, -4_294_967_297, 9_007_199_254_740_991, -9_007_199_254_740_991],
  ],
  ["integer", [0, -2_147_483_648, 2_147_483_647, undefined]],
  ["smallint", [0, -32_768, 32_767]],
  ["double precision", [0, -1.5, 1e300, 5e-324, undefined]],
  ["boolean", [true, false, undefined]],
  ["text", ["", "NULL", '{"a,b\\', "äöü €", "🖥".repeat(1000), "x".repeat(100_000), undefined, "end"]],
  ["bytea", [Buffer.of(), Buffer.of(0, 255, 10), undefined]],
])("%s arrays arrive as they were sent", async (type, values) => {
  const exact =
    type === "bigint" ? values.map((value) => (typeof value === "number" ? BigInt(value) : value)) : values;
  expect(await roundTrip(type, values)).toEqual(exact);
});

test("a number that its type has no room for is refused, not cut", async () => {
  for (const [type, value] of [
    ["bigint", 9_223_372_036_854_775_808n],
    ["integer", 2_147_483_648],
    ["smallint", -32_769],
  ] as const)
    await expect(roundTrip(type, [value])).rejects.toMatchObject({ code: "ERR_OUT_OF_RANGE" });
});

test("rows copied in arrive as they were given", async () => {
  const columns = new Columns<{ type: string; name: string }>([
    { name: "tag_type", type: "text", value: ({ type }) => type },
    { name: "tag_name", type: "text", value: ({ name }) => name },
  ]);
  const rows = ["plain", "größer 🖥", "tab\t and \n", "x".repeat(100_000), ""].map((name) => ({
    type: "t",
    name,
  }));
  await database()
    .transaction()
    .execute((trx) => copyRows(trx, "tag", columns, rows));
  const stored = await database().selectFrom("tag").select("tag_name").orderBy("id").execute();
  expect(stored.map((row) => row.tag_name)).toEqual(rows.map(({ name }) => name));
});

test("what COPY refuses has its SQLSTATE, and the connection lives on", async () => {
  const columns = new Columns<string>([
    { name: "tag_type", type: "text", value: () => "t" },
    { name: "tag_name", type: "text", value: (name) => name },
  ]);
  const copying = (names: readonly string[]) =>
    database()
      .transaction()
      .execute((trx) => copyRows(trx, "tag", columns, names));
  await expect(copying(["a", "a"])).rejects.toMatchObject({ code: "23505" });
  await expect(copying(["a\u0000"])).rejects.toMatchObject({ code: "22021" });
  await copying(["a"]);
});

test("timestamptz arrays are microseconds since 1970", async () => {
  const values = [946_684_799_999_000n, 1_760_000_000_123_000n, undefined];
  const dates = [new Date("1999-12-31T23:59:59.999Z"), new Date("2025-10-09T08:53:20.123Z"), undefined];
  expect(await roundTrip("timestamptz", values)).toEqual(dates);
});

test("jsonb arrays arrive as they were sent", async () => {
  const values = [{ a: [1, "ü\n\\"] }, [], "text", 1.25, { deep: { deeper: null } }];
  expect(
    await roundTrip(
      "jsonb",
      values.map((value) => JSON.stringify(value)),
    ),
  ).toEqual(values);
});

test("no rows are no rows", async () => {
  expect(await roundTrip("text", [])).toEqual([]);
});

test("what Postgres itself refuses keeps its SQLSTATE", async () => {
  await expect(roundTrip("text", ["a\u0000b"])).rejects.toMatchObject({ code: "22021" });
  await expect(roundTrip("jsonb", ['"\\u0000"'])).rejects.toMatchObject({ code: "22P05" });
});

test("a statement is prepared once per connection, whatever the number of rows", async () => {
  const prepared = await database()
    .connection()
    .execute(async (connection) => {
      const columns = new Columns<number>([{ name: "v", type: "smallint", value: (row) => row }]);
      for (const rows of [[1], [1, 2, 3]])
        await sql`SELECT ${columns.names} FROM ${columns.rows(rows)}`.execute(connection);
      return await sql<{ statement: string }>`SELECT statement FROM pg_prepared_statements
        WHERE statement LIKE 'SELECT v FROM unnest%'`.execute(connection);
    });
  expect(prepared.rows).toEqual([{ statement: "SELECT v FROM unnest($1::smallint[]) AS input (v)" }]);
});
