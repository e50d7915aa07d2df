import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResolvedState } from "../schema.js";
import { useEmptyTables } from "../testing/database.js";
import { nodeOracle } from "../testing/node-oracle.js";
import { nodeState, nodes } from "../testing/node-samples.js";
import { readNodeTables } from "../testing/node-tables.js";
import { runsFromEnvironment } from "../testing/order-runs.js";
import { NodeStore } from "./apply.js";
import type { NodeEvent } from "./model.js";

const database = useEmptyTables();
const T = 1_760_000_000;
const HALF_DAY = 43_200;

const anyReport = fc.record({
  host: fc.constantFrom("n1", "n2"),
  /** Two in one half second, in one second, within five minutes, on one day, or days apart. */
  time: fc
    .tuple(fc.nat({ max: 3 }), fc.constantFrom(0, 60, 120), fc.constantFrom(0, 0.5))
    .map(([half, seconds, fraction]) => T + half * HALF_DAY + seconds + fraction),
  jobsRunning: fc.nat({ max: 1 }),
  states: fc.constantFrom<readonly ResolvedState[]>(["idle"], ["down"], ["allocated"], ["idle", "reserved"]),
});
const anyBatches = fc.array(fc.array(anyReport, { minLength: 1, maxLength: 6 }), { maxLength: 8 });

const refused = (_: NodeEvent, error: unknown): never => {
  throw error;
};

/**
 * The node store's invariant. Batches are applied over eight connections at once, by stores that share what they remember or not,
 * or one after the other. ORDER_RUNS=10000 makes it longer.
 */
test("any order, repetition and interleaving of reports gives the oracle's history, newest states and changes", async () => {
  let round = 0;
  const property = fc.asyncProperty(
    anyBatches,
    fc.boolean(),
    fc.boolean(),
    async (batches, atOnce, shared) => {
      const cluster = `c${round++}`;
      const events = batches.map((batch) =>
        batch.map(({ host, time, states, jobsRunning }) =>
          nodes(time, [nodeState(host, { states, state: states[0] ?? "unknown", jobsRunning })], cluster),
        ),
      );
      const store = new NodeStore();
      const commit = (batch: readonly NodeEvent[]): Promise<unknown> =>
        (shared ? store : new NodeStore()).commit(
          database(),
          { events: batch, deadLetters: [], toDeadLetter: refused },
          "whole",
        );
      if (atOnce) await Promise.all(events.map(commit));
      else for (const batch of events) await commit(batch);
      expect(await readNodeTables(database(), cluster)).toEqual(nodeOracle(events.flat()));
    },
  );
  await fc.assert(property, runsFromEnvironment({ runs: 400, filter: "nodes/order" }));
}, 600_000);
