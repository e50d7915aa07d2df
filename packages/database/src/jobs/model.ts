import type { JobState, StartJob, StopJob } from "@cc-ingest/protocol";
import type { ParkReason, StopSource } from "../schema.js";

/**
 * A start or stop event as the job store takes it. `eventTime`: nanoseconds since the epoch. `raw`: the bytes it came in,
 * which give two starts that claim the same run and the same time an order.
 */
export type JobEvent =
  | {
      readonly kind: "start_job";
      readonly eventTime: bigint;
      readonly job: StartJob;
      readonly raw: Uint8Array;
      readonly redelivered?: boolean;
    }
  | {
      readonly kind: "stop_job";
      readonly eventTime: bigint;
      readonly stop: StopJob;
      /** The broker has delivered it before: what it changed then may not have been announced. */
      readonly redelivered?: boolean;
    };

/** What became of one event. `duplicate`: what it says is already there. `rejected`: a start that the window refuses. */
export type JobOutcome = "applied" | "duplicate" | "parked" | "rejected";

/** A stop event, reduced to what decides which run it ends. Two stops with equal parts are the same stop. */
export interface Stop {
  readonly jobId: bigint;
  readonly cluster: string | undefined;
  readonly startTime: number | undefined;
  readonly stopTime: number;
  readonly jobState: JobState;
}

/** How a run ended. Only an `event` carries the stop that did it. */
export type Close =
  | { readonly source: "event"; readonly stop: Stop }
  | { readonly source: Exclude<StopSource, "event">; readonly stopTime: number; readonly jobState: JobState };

/** A start event with what orders it against another start of the same run: see `precedes`. */
export interface Start {
  readonly job: StartJob;
  readonly eventTime: bigint;
  /** A hash of the event's bytes, below 2 ** 53. */
  readonly digest: number;
  /** Position in the batch; undefined when it comes from the database. */
  readonly index: number | undefined;
}

export type PreparedEvent = { readonly redelivered: boolean } & (
  | { readonly kind: "start_job"; readonly start: Start }
  | { readonly kind: "stop_job"; readonly stop: Stop }
);

export interface StoredRun {
  readonly id: bigint;
  readonly jobId: bigint;
  readonly cluster: string;
  readonly startTime: number;
  readonly eventTime: bigint;
  readonly digest: number;
  readonly close: Close | undefined;
}

export interface StoredStop {
  readonly id: bigint;
  readonly stop: Stop;
  readonly reason: ParkReason;
}

/** A start whose message is kept, because the duplicate window may yet refuse it, or has done so. */
export interface KeptStart extends Pick<Start, "eventTime" | "digest"> {
  readonly jobId: bigint;
  readonly cluster: string;
  readonly startTime: number;
  /** Its content, when the window has refused it: it has no row then. */
  readonly refused: StartJob | undefined;
}

/** What the database holds of the jobIds in a batch. `kept` is empty without a duplicate window. */
export interface StoredJobs {
  readonly runs: readonly StoredRun[];
  readonly parked: readonly StoredStop[];
  readonly kept: readonly KeptStart[];
}

/** What identifies a run. */
export interface RunKey {
  readonly jobId: bigint;
  readonly cluster: string;
  readonly startTime: number;
}

/** What a batch did to a run, for whoever archives or reacts. `close`: undefined while it runs. */
export interface RunChange extends RunKey {
  readonly what: "started" | "stopped" | "reopened";
  readonly close: Close | undefined;
}

export function sameStop(a: Stop, b: Stop): boolean {
  return (
    a.stopTime === b.stopTime &&
    a.jobState === b.jobState &&
    a.startTime === b.startTime &&
    a.cluster === b.cluster &&
    a.jobId === b.jobId
  );
}

/** A total order on the distinct stops of one jobId: by stop time, then by content. */
export function compareStops(a: Stop, b: Stop): number {
  return (
    a.stopTime - b.stopTime ||
    compareOptional(a.cluster, b.cluster) ||
    compareOptional(a.startTime, b.startTime) ||
    compareOptional(a.jobState, b.jobState)
  );
}

/** What is absent comes last. */
function compareOptional<T extends string | number>(a: T | undefined, b: T | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
  return a < b ? -1 : 1;
}

export function closeTime(close: Close): number {
  return close.source === "event" ? close.stop.stopTime : close.stopTime;
}

export function closeState(close: Close): JobState {
  return close.source === "event" ? close.stop.jobState : close.jobState;
}

/** The state ClusterCockpit has for a job that used up its walltime. */
export const REAPED_STATE = "timeout";

/** How the walltime reaper closes a run, whenever it looks; undefined for one without a walltime. */
export function closeByWalltime(startTime: number, walltime: bigint): Close | undefined {
  if (walltime <= 0n) return undefined;
  return { source: "walltime", stopTime: startTime + Number(walltime), jobState: REAPED_STATE };
}

export function sameClose(a: Close | undefined, b: Close | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.source === "event" && b.source === "event") return sameStop(a.stop, b.stop);
  return a.source === b.source && closeTime(a) === closeTime(b) && closeState(a) === closeState(b);
}

/**
 * Which of two starts of the same run tells its content: the earlier event, and of two at the same time the one with the
 * smaller digest. A total order on content alone, so that arrival order never shows in the tables.
 */
export function precedes(
  a: Pick<Start, "eventTime" | "digest">,
  b: Pick<Start, "eventTime" | "digest">,
): boolean {
  return a.eventTime < b.eventTime || (a.eventTime === b.eventTime && a.digest < b.digest);
}
