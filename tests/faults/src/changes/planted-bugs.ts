import type { TextChange } from "./text-change.ts";

const PULL_LOOP = "jetstream/dist/pull-loop.js";

/** Mistakes that the suite must notice. No build has them: they are put into one process of a test. */
export const plantedBugs = {
  ackBeforeCommit: {
    file: PULL_LOOP,
    find: "let committed = false;",
    replace: "let committed = false; this.#answer(batch, ACK);",
  },
  noParkedStops: {
    file: "database/dist/jobs/plan.js",
    find: "plan.parks.push({ stop, reason });",
    replace: ";",
  },
  infrastructureTakenForData: {
    file: "database/dist/errors.js",
    find: '"53": "transient"',
    replace: '"53": "data"',
  },
  noSettling: {
    file: "database/dist/jobs/commit.js",
    find: "const settled = await settleJobs(db, jobIdsOf(batch.events), window);",
    replace: "const settled = [];",
  },
  halfFailedTakenForDone: {
    file: "database/dist/commit-batch.js",
    find: "throw failures[0];",
    replace: ";",
  },
} satisfies Readonly<Record<string, TextChange>>;
