import { loadConfig } from "@cc-ingest/config";
import {
  type Database,
  type RunChange,
  connectDatabase,
  findLetters,
  migrateUrl,
  readLetters,
} from "@cc-ingest/database";
import { useDatabase } from "@cc-ingest/devstack/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { applyBatch } from "../apply-batch.js";
import type { Input } from "../decode-batch.js";
import { jobWork } from "../jobs/job-work.js";
import { nodestateWork } from "../nodestate/nodestate-work.js";
import { type ReplayOptions, Replayer } from "../replay/replay-letters.js";

const origin = (service: string) => ({ service, build: "test" });
const precision = "ns";

export interface Stage {
  readonly db: Database;
  /** Empties all tables. */
  readonly clear: () => Promise<void>;
  /** Applies messages as the service does; without a cluster definition that knows anything, when `refusing`. */
  readonly serve: (
    service: string,
    inputs: readonly Input[],
    refusing?: boolean,
    env?: Record<string, string>,
  ) => Promise<void>;
  readonly replayer: (overrides?: Partial<ReplayOptions>, env?: Record<string, string>) => Replayer;
  /** Replays everything that is open or was interrupted. */
  readonly replayAll: (replayer?: Replayer) => ReturnType<Replayer["replay"]>;
  /** What the replayers have announced. */
  readonly announced: RunChange[];
}

/** A database of its own with the services' way of applying messages. */
export function useStage(): () => Stage {
  const database = useDatabase({ migrate: migrateUrl });
  let stage: Stage | undefined;
  const get = (): Stage => {
    if (stage === undefined) throw new Error("only inside a test");
    return stage;
  };
  beforeAll(() => {
    stage = newStage(database().url);
  });
  beforeEach(async () => {
    get().announced.length = 0;
    await get().clear();
  });
  afterAll(() => stage?.db.destroy());
  return get;
}

function newStage(url: string): Stage {
  const db = connectDatabase({ url, poolSize: 8, applicationName: "test", forKeyLookups: true });
  const announced: RunChange[] = [];
  const context = (env: Record<string, string> = {}) => {
    const loaded = loadConfig({ env: { DATABASE_URL: url, ...env }, required: ["database"] });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return { db, config: loaded.config, definitions: undefined, build: "test" };
  };
  const replayer: Stage["replayer"] = (overrides = {}, env = {}) =>
    new Replayer({
      ...context(env),
      announce: async (changes) => void announced.push(...changes),
      actor: { name: "alice", build: "test" },
      ...overrides,
    });
  return {
    db,
    announced,
    replayer,
    async clear() {
      await sql`TRUNCATE job, tag, jobtag, parked_stop, start_message, node, node_state, node_state_change,
        nodes_per_state_delta, dead_letter, dead_letter_action, lone_attempt RESTART IDENTITY`.execute(db);
    },
    async serve(service, inputs, refusing = false, env = {}) {
      const refuse = () => ({ reason: "unknown_cluster", message: "not known yet" }) as const;
      const once = <T>(attempt: (number: number) => Promise<T>) => attempt(1);
      if (service === "ingest-jobs") {
        const work = jobWork({ ...context(env), ...origin(service) });
        const accept = refusing ? refuse : work.accept;
        await applyBatch({ origin: origin(service), precision, work: { ...work, accept } }, inputs, once);
      } else {
        const work = nodestateWork({ ...context(env), ...origin(service) });
        const accept = refusing ? refuse : work.accept;
        await applyBatch({ origin: origin(service), precision, work: { ...work, accept } }, inputs, once);
      }
    },
    async replayAll(by = replayer()) {
      const open = await findLetters(
        db,
        { statuses: ["open", "replaying"] },
        { order: "oldest first", limit: 1_000 },
      );
      const letters = await readLetters(
        db,
        open.map(({ id }) => id),
      );
      return await by.replay(letters.map((letter) => ({ letter, edited: letter.edited })));
    },
  };
}
