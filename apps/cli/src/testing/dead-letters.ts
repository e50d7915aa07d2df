import { type Database, type DeadLetter, commitBatch, connectDatabase, migrate } from "@cc-ingest/database";
import { useDatabase, useTempDirectory } from "@cc-ingest/devstack/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Ended, type RunOptions, ccingest } from "./ccingest.js";
import { startLine, subjects } from "./lines.js";

const SECOND = 1_000_000_000n;
const T = 1_760_000_000n * SECOND;

/** A dead letter of a line, received at 2025-10-09T08:53:20Z and so many seconds. */
export function letter(
  text: string | Uint8Array,
  overrides: Partial<DeadLetter> = {},
  seconds = 0,
): DeadLetter {
  return {
    service: "ingest-jobs",
    stream: "CC_JOB",
    streamSequence: 1,
    receivedAt: T + BigInt(seconds) * SECOND + 1_234_567n,
    subject: "cc.job.event",
    lineNumber: 1,
    raw: typeof text === "string" ? Buffer.from(text) : text,
    headers: undefined,
    reason: "unknown_cluster",
    message: "no definition of the cluster fritz is loaded",
    sqlstate: undefined,
    build: "0.0.9",
    ...overrides,
  };
}

/** Starts of the jobs 1, 2 …, a second apart. */
export function refusedStarts(count: number): DeadLetter[] {
  return Array.from({ length: count }, (_, index) =>
    letter(startLine(index + 1), { lineNumber: index + 1 }, index),
  );
}

/** A migrated database for this test file, emptied before each test, and `ccingest dead-letters` on it, without a broker. */
export function useDeadLetters() {
  const database = useDatabase({
    async migrate(url) {
      const migrated = connectDatabase({ url, poolSize: 1, applicationName: "template" });
      await migrate(migrated);
      await migrated.destroy();
    },
  });
  const directory = useTempDirectory();
  let connected: Database | undefined;
  const db = (): Database => {
    if (connected === undefined) throw new Error("only inside a test");
    return connected;
  };
  beforeAll(() => {
    connected = connectDatabase({ url: database().url, poolSize: 2, applicationName: "test" });
  });
  afterAll(() => connected?.destroy());
  beforeEach(async () => {
    await sql`TRUNCATE job, tag, jobtag, parked_stop, node, node_state, node_state_change, nodes_per_state_delta,
      dead_letter, dead_letter_action RESTART IDENTITY`.execute(db());
  });
  /** Nobody is told of the runs. */
  const options = (more: RunOptions = {}): RunOptions => ({
    ...more,
    cwd: directory(),
    env: { DATABASE_URL: database().url, INGEST_LIFECYCLE_EVENTS: "off", ...subjects, ...more.env },
  });
  return {
    db,
    directory,
    options,
    run: (args: readonly string[], more: RunOptions = {}): Promise<Ended> =>
      ccingest(["dead-letters", ...args], options(more)),
    store: async (...letters: DeadLetter[]): Promise<void> => {
      await commitBatch(db(), {
        events: [],
        deadLetters: letters.map((each, index) => ({ ...each, streamSequence: index + 1 })),
        apply: async () => ({ outcomes: [], effects: [] }),
        toDeadLetter: () => letter(""),
      });
    },
    statuses: async () => {
      const rows = await db().selectFrom("dead_letter").select("status").orderBy("id").execute();
      return rows.map(({ status }) => status);
    },
    actions: () => db().selectFrom("dead_letter_action").selectAll().orderBy("id").execute(),
    jobIds: async () => {
      const rows = await db().selectFrom("job").select("job_id").orderBy("job_id").execute();
      return rows.map((row) => row.job_id);
    },
  };
}
