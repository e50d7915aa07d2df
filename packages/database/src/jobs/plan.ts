import type { ParkReason } from "../schema.js";
import { admitRuns } from "./duplicate-window.js";
import { Group, type KnownStop, type Run } from "./group.js";
import {
  type Close,
  type JobOutcome,
  type PreparedEvent,
  type RunChange,
  type RunKey,
  type Start,
  type Stop,
  type StoredJobs,
  sameClose,
} from "./model.js";
import { resolveRuns } from "./resolve.js";

/** What a batch changes in the tables. Applying an empty plan is a no-op. */
export interface JobPlan {
  readonly inserts: readonly { readonly start: Start; readonly close: Close | undefined }[];
  /** Runs whose content an earlier start event now tells. */
  readonly replacements: readonly {
    readonly id: bigint;
    readonly start: Start;
    readonly close: Close | undefined;
  }[];
  readonly closes: readonly {
    readonly id: bigint;
    readonly startTime: number;
    readonly close: Close | undefined;
  }[];
  readonly parks: readonly { readonly stop: Stop; readonly reason: ParkReason }[];
  readonly unparks: readonly bigint[];
  /** Starts of this batch that tell a run, and whether the duplicate window refuses it. Empty without a window. */
  readonly keeps: readonly { readonly start: Start; readonly refused: boolean }[];
  /** Stored runs that an earlier start, arriving late, puts inside the window. */
  readonly displacements: readonly ({ readonly id: bigint } & RunKey)[];
  /** Refused runs that stand after all, because what refused them is itself refused now. */
  readonly reinstatements: readonly RunKey[];
  readonly changes: readonly RunChange[];
  /** One per event, in the events' order. */
  readonly outcomes: readonly JobOutcome[];
}

/**
 * Turns a batch of events and what the database holds of their jobIds into the changes to make. Pure.
 * `window`: the duplicate window in seconds, 0 for none.
 */
export function planJobs(events: readonly PreparedEvent[], stored: StoredJobs, window = 0): JobPlan {
  const groups = groupStored(stored);
  const outcomes = events.map((event, index): JobOutcome => {
    const group = groupOf(groups, event.kind === "start_job" ? event.start.job.jobId : event.stop.jobId);
    if (event.redelivered) group.redelivered = true;
    return event.kind === "start_job" ? group.addStart(event.start) : group.addStop(event.stop, index);
  });

  const plan = emptyPlan();
  for (const [jobId, group] of groups) {
    const runs = window === 0 ? group.runs : admit(jobId, group, window, plan, outcomes);
    const { closes, parked } = resolveRuns(runs, group.stops);
    let i = 0;
    for (const run of runs) collectRun(jobId, run, closes[i++], group.redelivered, plan);
    i = 0;
    plan.unparks.push(...group.superfluous);
    for (const known of group.stops) {
      const reason = parked[i++];
      collectStop(known, reason, plan);
      if (reason !== undefined)
        setOutcome(outcomes, known.index, reason === "no_run" ? "parked" : "duplicate");
    }
  }
  return { ...plan, outcomes };
}

/** The runs that stand under the duplicate window. */
function admit(
  jobId: bigint,
  group: Group,
  window: number,
  plan: Growing,
  outcomes: JobOutcome[],
): readonly Run[] {
  const { admitted, refused } = admitRuns(group.runs, window);
  for (const run of refused) {
    collectRefused(jobId, run, plan);
    setOutcome(outcomes, run.index, "rejected");
    for (const index of run.repeated) setOutcome(outcomes, index, "rejected");
  }
  for (const run of admitted) collectKept(jobId, run, plan);
  return admitted;
}

function setOutcome(outcomes: JobOutcome[], index: number | undefined, outcome: JobOutcome): void {
  if (index !== undefined) outcomes[index] = outcome;
}

type Growing = {
  readonly [K in Exclude<keyof JobPlan, "outcomes">]: JobPlan[K][number][];
};

function emptyPlan(): Growing {
  return {
    inserts: [],
    replacements: [],
    closes: [],
    parks: [],
    unparks: [],
    keeps: [],
    displacements: [],
    reinstatements: [],
    changes: [],
  };
}

function groupOf(groups: Map<bigint, Group>, jobId: bigint): Group {
  let group = groups.get(jobId);
  if (group === undefined) groups.set(jobId, (group = new Group()));
  return group;
}

function groupStored({ runs, parked, kept }: StoredJobs): Map<bigint, Group> {
  const groups = new Map<bigint, Group>();
  for (const run of runs) groupOf(groups, run.jobId).addStored(run);
  for (const start of kept) groupOf(groups, start.jobId).addKept(start);
  for (const stop of parked) groupOf(groups, stop.stop.jobId).addWaiting(stop);
  return groups;
}

function collectRun(
  jobId: bigint,
  run: Run,
  close: Close | undefined,
  announceAnyway: boolean,
  plan: Growing,
): void {
  const { cluster, startTime, stored, kept } = run;
  const { changes } = plan;
  if (stored === undefined) {
    const start = run.start ?? startOf(kept);
    if (start !== undefined) plan.inserts.push({ start, close });
    changes.push({ jobId, cluster, startTime, what: "started", close });
    if (close !== undefined) changes.push({ jobId, cluster, startTime, what: "stopped", close });
    return;
  }
  const changed = !sameClose(stored.close, close);
  if (run.start !== undefined) plan.replacements.push({ id: stored.id, start: run.start, close });
  else if (changed) plan.closes.push({ id: stored.id, startTime, close });
  if (announceAnyway) changes.push({ jobId, cluster, startTime, what: "started", close });
  if (close !== undefined && (changed || announceAnyway))
    changes.push({ jobId, cluster, startTime, what: "stopped", close });
  else if (changed) changes.push({ jobId, cluster, startTime, what: "reopened", close });
}

function startOf(kept: Run["kept"]): Start | undefined {
  if (kept?.refused === undefined) return undefined;
  return { job: kept.refused, eventTime: kept.eventTime, digest: kept.digest, index: undefined };
}

function collectRefused(jobId: bigint, { cluster, startTime, stored, start }: Run, plan: Growing): void {
  if (start !== undefined) plan.keeps.push({ start, refused: true });
  if (stored !== undefined) plan.displacements.push({ id: stored.id, jobId, cluster, startTime });
}

function collectKept(jobId: bigint, { cluster, startTime, start, kept }: Run, plan: Growing): void {
  if (start !== undefined) plan.keeps.push({ start, refused: false });
  if (kept?.refused !== undefined) plan.reinstatements.push({ jobId, cluster, startTime });
}

/** A waiting stop whose reason changed leaves and comes back: its row has nothing else to keep. */
function collectStop({ stop, waiting }: KnownStop, reason: ParkReason | undefined, plan: Growing): void {
  if (waiting?.reason === reason) return;
  if (waiting !== undefined) plan.unparks.push(waiting.id);
  if (reason !== undefined) plan.parks.push({ stop, reason });
}
