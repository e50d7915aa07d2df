import { useDatabase } from "@cc-ingest/devstack/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Database, connectDatabase } from "./connection/connect.js";
import { migrate } from "./migrate.js";
import { advanceWatermark, claimRecovery, readWatermark, replaceWatermark } from "./watermark.js";

const database = useDatabase({
  async migrate(url) {
    await using template = connectDatabase({ url, poolSize: 1, applicationName: "template" });
    await migrate(template);
  },
});
const key = { stream: "CC_JOB", durable: "ingest-jobs" };
const monday = (floor: number) => ({ streamCreated: "monday", floor });
let db: Database;

beforeAll(() => {
  db = connectDatabase({ url: database().url, poolSize: 2, applicationName: "test" });
});
beforeEach(async () => {
  await sql`TRUNCATE watermark`.execute(db);
});
afterAll(() => db.destroy());

const read = async () => (await readWatermark(db, key)).mark;

/** As it was found at first, and then raised to 10. */
async function raised() {
  const found = await readWatermark(db, key);
  expect(await advanceWatermark(db, key, found, monday(10))).toBe(true);
  return await readWatermark(db, key);
}

test("a floor only rises, and each consumer has its own", async () => {
  expect(await read()).toBeUndefined();
  const found = await raised();
  expect(await advanceWatermark(db, key, found, monday(30))).toBe(true);
  expect(await advanceWatermark(db, key, found, monday(20))).toBe(true);
  expect(await read()).toEqual(monday(30));
  expect((await readWatermark(db, { ...key, durable: "other" })).mark).toBeUndefined();
});

test("nothing is raised in a database that is not the one that was read", async () => {
  const found = await raised();
  const elsewhere = { ...found, incarnation: "another one" };
  expect(await advanceWatermark(db, key, elsewhere, monday(30))).toBe(false);
  await sql`UPDATE watermark SET applied_floor = 9`.execute(db);
  expect(await advanceWatermark(db, key, found, monday(30))).toBe(false);
  await sql`TRUNCATE watermark`.execute(db);
  expect(await advanceWatermark(db, key, found, monday(30))).toBe(false);
  expect(await read()).toBeUndefined();
});

test("nothing is raised for a stream that was made anew, until the watermark begins anew with it", async () => {
  const found = await raised();
  const tuesday = { streamCreated: "tuesday", floor: 3 };
  expect(await advanceWatermark(db, key, found, tuesday)).toBe(false);
  expect(await replaceWatermark(db, key, monday(10), "tuesday")).toBe(true);
  expect(await replaceWatermark(db, key, monday(10), "tuesday")).toBe(false);
  expect(await read()).toEqual({ streamCreated: "tuesday", floor: 0 });
  expect(await advanceWatermark(db, key, await readWatermark(db, key), tuesday)).toBe(true);
});

test("a table that was made anew is another incarnation", async () => {
  const { incarnation } = await raised();
  await sql`ALTER TABLE watermark RENAME TO before`.execute(db);
  await sql`CREATE TABLE watermark (LIKE before INCLUDING ALL)`.execute(db);
  expect((await readWatermark(db, key)).incarnation).not.toBe(incarnation);
  expect((await readWatermark(db, key)).incarnation).toBe((await readWatermark(db, key)).incarnation);
});

test("one recovery of a consumer at a time", async () => {
  const { url } = database();
  const work = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  const first = claimRecovery(url, key, () => {
    begun.resolve();
    return work.promise;
  });
  await begun.promise;
  expect(await claimRecovery(url, key, async () => "second")).toBeUndefined();
  expect(await claimRecovery(url, { ...key, durable: "other" }, async () => "other")).toBe("other");
  work.resolve("first");
  expect(await first).toBe("first");
  expect(await claimRecovery(url, key, async () => "third")).toBe("third");
});
