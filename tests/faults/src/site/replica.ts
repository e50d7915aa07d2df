import { fileURLToPath } from "node:url";
import { type ServiceProcess, startFlags, startServiceProcess } from "@cc-ingest/devstack";
import { CHANGES_VARIABLE, type TextChange } from "../changes/text-change.ts";

export type ServiceName = "ingest-jobs" | "ingest-nodestate";

export const SUBJECTS = { "ingest-jobs": "cc.job.event", "ingest-nodestate": "cc.node.state" } as const;
export const STREAMS = { "ingest-jobs": "CC_JOB", "ingest-nodestate": "CC_NODE" } as const;
export const NAMES: readonly ServiceName[] = ["ingest-jobs", "ingest-nodestate"];

type Environment = Readonly<Record<string, string>>;

export interface ReplicaOptions {
  readonly env?: Environment;
  readonly changes?: readonly TextChange[];
  /** How far its clock is ahead. */
  readonly clockOffsetMs?: number;
}

const module = (path: string): string => new URL(`../changes/${path}`, import.meta.url).href;

/** Starts one process of a built service. Whoever starts it ends it. */
export function startReplica(
  name: ServiceName,
  base: Environment,
  options: ReplicaOptions = {},
): ServiceProcess {
  const { env = {}, changes = [], clockOffsetMs } = options;
  const directory = fileURLToPath(new URL(`../../../../apps/${name}`, import.meta.url));
  return startServiceProcess({
    directory,
    env: {
      ...base,
      ...env,
      ...(changes.length > 0 ? { [CHANGES_VARIABLE]: JSON.stringify(changes) } : {}),
      ...(clockOffsetMs === undefined ? {} : { CLOCK_OFFSET_MS: String(clockOffsetMs) }),
    },
    // Its clock is wrong before all else runs.
    nodeOptions: [
      ...(clockOffsetMs === undefined ? [] : ["--import", module("wrong-clock.ts")]),
      ...startFlags(directory),
      ...(changes.length > 0 ? ["--import", module("change-texts.ts")] : []),
    ],
  });
}

/** The environment in which both services run, for a broker (or several, with commas between) and a database. */
export function environment(brokerUrl: string, databaseUrl: string): Environment {
  return {
    NATS_URL: brokerUrl,
    DATABASE_URL: databaseUrl,
    SUBJECT_JOB_EVENT: SUBJECTS["ingest-jobs"],
    SUBJECT_NODE_STATE: SUBJECTS["ingest-nodestate"],
    // The shortest allowed, so that what a dead process held comes again soon.
    INGEST_JOBS_ACK_WAIT_SECONDS: "5",
    INGEST_NODESTATE_ACK_WAIT_SECONDS: "5",
  };
}
