/** The states of a job, as the reference has them. */
export const jobStates = [
  "boot_fail",
  "cancelled",
  "completed",
  "deadline",
  "failed",
  "node_fail",
  "out_of_memory",
  "pending",
  "preempted",
  "running",
  "suspended",
  "timeout",
] as const;

export type JobState = (typeof jobStates)[number];

const known: ReadonlySet<string> = new Set(jobStates);

/** Matched exactly: the reference accepts lower case only. */
export function isJobState(text: string): text is JobState {
  return known.has(text);
}

/**
 * The states that end a job. The reference lets a stop carry any state, so `pending`, `running` and `suspended` are
 * accepted there too; who stores a stop decides what becomes of a job that claims to run on.
 */
export function isFinalState(state: JobState): boolean {
  return state !== "pending" && state !== "running" && state !== "suspended";
}

/** How the nodes of a job are shared. */
export const sharings = ["none", "single_user", "multi_user"] as const;

export type Shared = (typeof sharings)[number];

export function isShared(text: string): text is Shared {
  return text === "none" || text === "single_user" || text === "multi_user";
}

/** The legacy key `exclusive`, by its value. */
export const sharedOfExclusive: readonly Shared[] = ["multi_user", "none", "single_user"];

/** What a node does, from the states its scheduler lists. */
export const nodeConditions = ["allocated", "reserved", "idle", "mixed", "down", "unknown"] as const;

export type NodeCondition = (typeof nodeConditions)[number];

const allocated = 1;
const reserved = 2;
const idle = 4;
const down = 8;
const mixed = 16;
const bitOf: ReadonlyMap<string, number> = new Map([
  ["allocated", allocated],
  ["reserved", reserved],
  ["idle", idle],
  ["down", down],
  ["mixed", mixed],
]);

/**
 * One state for a node: allocated before reserved, down when idle and down, then idle, down, mixed, unknown.
 * Entries are matched in lower case; others (`drain` and the like) do not count.
 */
export function resolveStates(states: readonly string[]): NodeCondition {
  let seen = 0;
  for (const state of states) {
    seen |= bitOf.get(state) ?? bitOf.get(state.toLowerCase()) ?? 0;
  }
  if ((seen & allocated) !== 0) {
    return "allocated";
  }
  if ((seen & reserved) !== 0) {
    return "reserved";
  }
  if ((seen & down) !== 0) {
    return "down";
  }
  if ((seen & idle) !== 0) {
    return "idle";
  }
  return (seen & mixed) !== 0 ? "mixed" : "unknown";
}
