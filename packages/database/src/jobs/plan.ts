import { type Resolution, resolveRuns } from "./resolve.js";
import {
  type Close,
  type JobOutcome,
  type PreparedEvent,
  type Start,
  type Stop,
  type StoredJobs,
  type StoredRun,
  precedes,
  sameClose,
  stopKey,
} from "./model.js";
import type { ParkReason } from "../schema.js";

/** What a batch changes in the tables. Applying an empty plan is a no-op. */
export interface JobPlan {
  readonly inserts: readonly { readonly start: Start; readonly close: Close | undefined }[];
  /** Runs whose content an earlier start event now tells. */
  readonly replacements: readonly { readonly id: bigint; readonly start: Start }[];
  readonly closes: readonly {
    readonly id: bigint;
    readonly startTime: number;
    readonly close: Close | undefined;
  }[];
  readonly parks: readonly { readonly stop: Stop; readonly reason: ParkReason }[];
  readonly unparks: readonly bigint[];
  /** One per event, in the events' order. */
  readonly outcomes: readonly JobOutcome[];
}

interface Run {
  readonly cluster: string;
  readonly startTime: number;
  readonly reaped: Close | undefined;
  readonly stored: StoredRun | undefined;
  /** The start in this batch that tells the run's content; absent when the stored one does. */
  start: Start | undefined;
}

/** All that is known of one jobId: its runs, its distinct stops, and which of the stops wait in the table. */
class Group {
  readonly runs = new Map<string, Run>();
  readonly stops = new Map<string, Stop>();
  readonly waiting = new Map<string, { readonly id: bigint; readonly reason: ParkReason }>();

  addStored(stored: StoredRun): void {
    const { cluster, startTime, close } = stored;
    const reaped = close?.source === "walltime" ? close : undefined;
    this.runs.set(runKey(cluster, startTime), { cluster, startTime, reaped, stored, start: undefined });
    if (close?.source === "event") this.stops.set(stopKey(close.stop), close.stop);
  }

  addStart(start: Start): JobOutcome {
    const { cluster, startTime } = start.job;
    const key = runKey(cluster, startTime);
    const run = this.runs.get(key);
    if (run === undefined) {
      this.runs.set(key, { cluster, startTime, reaped: undefined, stored: undefined, start });
      return "applied";
    }
    const teller = run.start ?? run.stored;
    if (teller !== undefined && precedes(start, teller)) run.start = start;
    return "duplicate";
  }
}

/** Turns a batch of events and what the database holds of their jobIds into the changes to make. Pure. */
export function planJobs(events: readonly PreparedEvent[], stored: StoredJobs): JobPlan {
  const groups = new Map<bigint, Group>();
  const groupOf = (jobId: bigint): Group => {
    let group = groups.get(jobId);
    if (group === undefined) groups.set(jobId, (group = new Group()));
    return group;
  };
  for (const run of stored.runs) groupOf(run.jobId).addStored(run);
  for (const { id, stop, reason } of stored.parked) {
    const group = groupOf(stop.jobId);
    group.stops.set(stopKey(stop), stop);
    group.waiting.set(stopKey(stop), { id, reason });
  }

  const newStops = new Map<number, string>();
  const outcomes = events.map((event, index): JobOutcome => {
    if (event.kind === "start_job") return groupOf(event.start.job.jobId).addStart(event.start);
    const { stops } = groupOf(event.stop.jobId);
    const key = stopKey(event.stop);
    if (stops.has(key)) return "duplicate";
    stops.set(key, event.stop);
    newStops.set(index, key);
    return "applied";
  });

  const changes = emptyChanges();
  const parkedNow = new Map<string, ParkReason>();
  for (const group of groups.values()) {
    const resolution = resolveRuns([...group.runs.values()], [...group.stops.values()]);
    collectRuns(group, resolution, changes);
    collectParked(group, resolution, changes);
    for (const { stop, reason } of resolution.parked) parkedNow.set(stopKey(stop), reason);
  }
  for (const [index, key] of newStops) {
    const reason = parkedNow.get(key);
    if (reason !== undefined) outcomes[index] = reason === "no_run" ? "parked" : "duplicate";
  }
  return { ...changes, outcomes };
}

type Changes = {
  readonly [K in Exclude<keyof JobPlan, "outcomes">]: JobPlan[K][number][];
};

function emptyChanges(): Changes {
  return { inserts: [], replacements: [], closes: [], parks: [], unparks: [] };
}

function collectRuns(group: Group, { closes }: Resolution<Run>, changes: Changes): void {
  for (const run of group.runs.values()) {
    const close = closes.get(run);
    if (run.stored === undefined) {
      if (run.start !== undefined) changes.inserts.push({ start: run.start, close });
      continue;
    }
    if (run.start !== undefined) changes.replacements.push({ id: run.stored.id, start: run.start });
    if (!sameClose(run.stored.close, close))
      changes.closes.push({ id: run.stored.id, startTime: run.startTime, close });
  }
}

/** A waiting stop whose reason changed leaves and comes back: its row has nothing else to keep. */
function collectParked(group: Group, resolution: Resolution<Run>, changes: Changes): void {
  const gone = new Map(group.waiting);
  for (const parked of resolution.parked) {
    const key = stopKey(parked.stop);
    if (gone.get(key)?.reason === parked.reason) gone.delete(key);
    else changes.parks.push(parked);
  }
  for (const { id } of gone.values()) changes.unparks.push(id);
}

function runKey(cluster: string, startTime: number): string {
  return `${startTime} ${cluster}`;
}
