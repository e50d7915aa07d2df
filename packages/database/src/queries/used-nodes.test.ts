import { expect, test } from "vitest";
import { applyJobEvents } from "../jobs/apply.js";
import { useEmptyTables } from "../testing/database.js";
import { start, stop } from "../testing/job-samples.js";
import { readUsedNodes } from "./used-nodes.js";

const database = useEmptyTables();
const T = 1_760_000_000;

test("used are the hosts of jobs that run and started before the time, each once, by cluster", async () => {
  const on = (...hostnames: string[]) => ({
    resources: hostnames.map((hostname) => ({ hostname })),
    numNodes: hostnames.length,
  });
  await database()
    .transaction()
    .execute((trx) =>
      applyJobEvents(trx, [
        start({ jobId: 1n, startTime: T, ...on("f2", "f1") }),
        start({ jobId: 2n, startTime: T + 1, ...on("f2", "f3") }),
        start({ jobId: 3n, startTime: T + 100, ...on("f9") }),
        start({ jobId: 4n, startTime: T, ...on("f8") }),
        stop({ jobId: 4n, stopTime: T + 50 }),
        start({ jobId: 5n, cluster: "alex", startTime: T, ...on("a1") }),
      ]),
    );
  expect(await readUsedNodes(database(), BigInt(T + 100))).toEqual({
    alex: ["a1"],
    fritz: ["f1", "f2", "f3"],
  });
  expect(await readUsedNodes(database(), BigInt(T))).toEqual({});
});
