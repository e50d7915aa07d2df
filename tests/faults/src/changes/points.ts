import { type TextChange, after, before } from "./text-change.ts";

/** Places on a batch's way, in their order. */
export const points = [
  "fetched",
  "begun",
  "applied",
  "written",
  "committed",
  "settled",
  "announced",
  "acked",
] as const;
export type Point = (typeof points)[number];

const COMMIT_BATCH = "database/dist/commit-batch.js";
const APPLY_BATCH = "service/dist/apply-batch.js";

const places: Readonly<Record<Point, (action: string) => TextChange>> = {
  fetched: (action) => after(APPLY_BATCH, "const { accept, announce, maxAheadSeconds } = work;", action),
  begun: (action) => before(COMMIT_BATCH, "const applied = await batch.apply(trx, batch.events);", action),
  applied: (action) => before(COMMIT_BATCH, "await insertDeadLetters(trx, deadLetters);", action),
  written: (action) => after(COMMIT_BATCH, "await record?.end(trx, applied.outcomes, deadLetters);", action),
  committed: (action) => before("database/dist/jobs/commit.js", "const settled = await settleJobs(", action),
  settled: (action) => before(APPLY_BATCH, "if (announce !== undefined && effects.length > 0)", action),
  announced: (action) => before(APPLY_BATCH, "const { events, deadLetters } = batch;", action),
  acked: (action) =>
    after("jetstream/dist/pull-loop.js", "this.#release(batch, committed ? ACK : NAK_LATER);", action),
};

/** The process kills itself when a batch gets there for the second time. */
export function killAt(point: Point): TextChange {
  return places[point](
    `if ((globalThis.batchesThere = (globalThis.batchesThere ?? 0) + 1) === 2) process.kill(process.pid, "SIGKILL");`,
  );
}

/** Each batch waits there until `file` exists; the process does other things meanwhile. */
export function waitAt(point: Point, file: string): TextChange {
  return places[point](
    `{ const { existsSync } = await import("node:fs");
       while (!existsSync(${JSON.stringify(file)})) await new Promise((resolve) => setTimeout(resolve, 10)); }`,
  );
}

/** The event loop stands still there until `file` exists. */
export function blockAt(point: Point, file: string): TextChange {
  return places[point](
    `{ const { existsSync } = await import("node:fs");
       const cell = new Int32Array(new SharedArrayBuffer(4));
       while (!existsSync(${JSON.stringify(file)})) Atomics.wait(cell, 0, 0, 10); }`,
  );
}
