import type { ParkReason } from "../schema.js";
import {
  type Close,
  type JobOutcome,
  type KeptStart,
  type Start,
  type Stop,
  type StoredRun,
  type StoredStop,
  closeByWalltime,
  precedes,
  sameStop,
} from "./model.js";

/** One run as a batch sees it: what is stored of it, and what the batch says. */
export interface Run {
  readonly cluster: string;
  readonly startTime: number;
  reaped: Close | undefined;
  readonly stored: StoredRun | undefined;
  kept: KeptStart | undefined;
  /** The start in this batch that tells the run's content; absent when the stored one does. */
  start: Start | undefined;
  /** Position in the batch of the event that first told of it; undefined when it was known. */
  readonly index: number | undefined;
  /** Positions of the events that told of it again. */
  repeated: readonly number[];
}

/** A distinct stop, and the row in which it waits, if it does. */
export interface KnownStop {
  readonly stop: Stop;
  readonly waiting: { readonly id: bigint; readonly reason: ParkReason } | undefined;
  /** Position in the batch of the event that brought it; undefined when it was stored. */
  readonly index: number | undefined;
}

/** Of most jobIds a batch knows one start or one stop: arrays are made when they are needed. */
const NONE: readonly never[] = [];

/** All that is known of one jobId: its runs and its distinct stops. */
export class Group {
  runs: readonly Run[] = NONE;
  stops: readonly KnownStop[] = NONE;
  /** Rows of waiting stops that say nothing new. */
  superfluous: readonly bigint[] = NONE;
  /** Some of its events came again: what they changed the first time may not have been announced. */
  redelivered = false;

  addStored(stored: StoredRun): void {
    const { cluster, startTime, close } = stored;
    const reaped = close?.source === "walltime" ? close : undefined;
    this.#addRun({
      cluster,
      startTime,
      reaped,
      stored,
      kept: undefined,
      start: undefined,
      index: undefined,
      repeated: NONE,
    });
    // One stop may have ended two runs, each without knowing of the other.
    if (close?.source === "event" && !this.#knows(close.stop))
      this.#addKnown({ stop: close.stop, waiting: undefined, index: undefined });
  }

  /** After `addStored`. */
  addKept(kept: KeptStart): void {
    const { cluster, startTime } = kept;
    const run = this.#find(cluster, startTime);
    if (run !== undefined) run.kept = kept;
    else if (kept.refused !== undefined)
      this.#addRun({
        cluster,
        startTime,
        reaped: undefined,
        stored: undefined,
        kept,
        start: undefined,
        index: undefined,
        repeated: NONE,
      });
  }

  /** After `addStored`. */
  addWaiting({ id, stop, reason }: StoredStop): void {
    // It was delivered twice, and ended its run once.
    if (this.#knows(stop)) this.superfluous = [...this.superfluous, id];
    else this.#addKnown({ stop, waiting: { id, reason }, index: undefined });
  }

  addStart(start: Start): JobOutcome {
    const { cluster, startTime } = start.job;
    const run = this.#find(cluster, startTime);
    if (run === undefined) {
      const { index } = start;
      this.#addRun({
        cluster,
        startTime,
        reaped: undefined,
        stored: undefined,
        kept: undefined,
        start,
        index,
        repeated: NONE,
      });
      return "applied";
    }
    if (start.index !== undefined) run.repeated = [...run.repeated, start.index];
    const teller = run.start ?? run.stored ?? run.kept;
    if (teller !== undefined && precedes(start, teller)) {
      run.start = start;
      // The walltime it was closed by may be another one now.
      if (run.reaped !== undefined) run.reaped = closeByWalltime(startTime, start.job.walltime);
    }
    return "duplicate";
  }

  addStop(stop: Stop, index: number): JobOutcome {
    if (this.#knows(stop)) return "duplicate";
    this.#addKnown({ stop, waiting: undefined, index });
    return "applied";
  }

  #knows(stop: Stop): boolean {
    return this.stops.some((known) => sameStop(known.stop, stop));
  }

  #addRun(run: Run): void {
    this.runs = this.runs.length === 0 ? [run] : [...this.runs, run];
  }

  #addKnown(stop: KnownStop): void {
    this.stops = this.stops.length === 0 ? [stop] : [...this.stops, stop];
  }

  #find(cluster: string, startTime: number): Run | undefined {
    return this.runs.find((run) => run.startTime === startTime && run.cluster === cluster);
  }
}
