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
  stopKey,
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
}

/** All that is known of one jobId: its runs, its distinct stops, and which of the stops wait in the table. */
export class Group {
  readonly runs = new Map<string, Run>();
  readonly stops = new Map<string, Stop>();
  readonly waiting = new Map<string, { readonly id: bigint; readonly reason: ParkReason }>();
  /** Some of its events came again: what they changed the first time may not have been announced. */
  redelivered = false;

  addStored(stored: StoredRun): void {
    const { cluster, startTime, close } = stored;
    const reaped = close?.source === "walltime" ? close : undefined;
    const run = { cluster, startTime, reaped, stored, kept: undefined, start: undefined };
    this.runs.set(runKey(cluster, startTime), run);
    if (close?.source === "event") this.stops.set(stopKey(close.stop), close.stop);
  }

  /** After `addStored`. */
  addKept(kept: KeptStart): void {
    const { cluster, startTime } = kept;
    const key = runKey(cluster, startTime);
    const run = this.runs.get(key);
    if (run !== undefined) run.kept = kept;
    else if (kept.refused !== undefined)
      this.runs.set(key, {
        cluster,
        startTime,
        reaped: undefined,
        stored: undefined,
        kept,
        start: undefined,
      });
  }

  addWaiting({ id, stop, reason }: StoredStop): void {
    const key = stopKey(stop);
    this.stops.set(key, stop);
    this.waiting.set(key, { id, reason });
  }

  addStart(start: Start): { readonly run: Run; readonly outcome: JobOutcome } {
    const { cluster, startTime } = start.job;
    const key = runKey(cluster, startTime);
    let run = this.runs.get(key);
    if (run === undefined) {
      run = { cluster, startTime, reaped: undefined, stored: undefined, kept: undefined, start };
      this.runs.set(key, run);
      return { run, outcome: "applied" };
    }
    const teller = run.start ?? run.stored ?? run.kept;
    if (teller !== undefined && precedes(start, teller)) {
      run.start = start;
      // The walltime it was closed by may be another one now.
      if (run.reaped !== undefined) run.reaped = closeByWalltime(startTime, start.job.walltime);
    }
    return { run, outcome: "duplicate" };
  }

  /** The stop's key when it is new. */
  addStop(stop: Stop): string | undefined {
    const key = stopKey(stop);
    if (this.stops.has(key)) return undefined;
    this.stops.set(key, stop);
    return key;
  }
}

function runKey(cluster: string, startTime: number): string {
  return `${startTime} ${cluster}`;
}
