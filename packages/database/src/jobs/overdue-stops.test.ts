import { expect, test } from "vitest";
import { useEmptyTables } from "../testing/database.js";
import { start, stop } from "../testing/job-samples.js";
import { applyJobEvents } from "./apply.js";
import { readOverdueStops } from "./overdue-stops.js";

const database = useEmptyTables();

test("stops without a run are overdue from an age on, the oldest named first; others are not", async () => {
  const now = Math.floor(Date.now() / 1000);
  const events = [
    ...Array.from({ length: 12 }, (_, i) => stop({ jobId: BigInt(100 + i), stopTime: now - 1_000 - i })),
    stop({ jobId: 1n, stopTime: now - 10 }),
    // The second stop of a run waits for nothing.
    start({ jobId: 2n, startTime: now - 9_000 }),
    stop({ jobId: 2n, stopTime: now - 8_000 }),
    stop({ jobId: 2n, stopTime: now - 7_000 }),
  ];
  await database()
    .transaction()
    .execute((trx) => applyJobEvents(trx, events));
  expect(await readOverdueStops(database(), 500)).toEqual({
    count: 12,
    jobIds: Array.from({ length: 10 }, (_, i) => BigInt(111 - i)),
  });
  expect(await readOverdueStops(database(), 5_000)).toEqual({ count: 0, jobIds: [] });
});
