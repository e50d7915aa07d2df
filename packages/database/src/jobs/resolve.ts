import type { ParkReason } from "../schema.js";
import { compareText } from "./compare-text.js";
import { type Close, type Stop, compareStops } from "./model.js";

export interface RunFacts {
  readonly cluster: string;
  readonly startTime: number;
  /** Set when the walltime reaper has closed the run; it stands until an event says otherwise. */
  readonly reaped: Close | undefined;
}

export interface Resolution {
  /** How each run ended, in the order given; undefined for one that is running. */
  readonly closes: readonly (Close | undefined)[];
  /** Why each stop ends no run, in the order given; undefined for one that does. */
  readonly parked: readonly (ParkReason | undefined)[];
}

const open: Resolution = { closes: [undefined], parked: [] };

/** Later runs of the same job end an open one: the scheduler has requeued it, and its own stop is missing. */
const SUPERSEDED_STATE = "preempted";

/**
 * Which stop ends which run of one jobId, from the set of runs and the set of distinct stops alone.
 *
 * It is a function of two sets: neither the order in which they arrived nor what earlier batches decided goes in, which is
 * why order, repetition and batching can't matter. A stop with a start time means that run; without, the run with the
 * greatest start time ≤ its stop time (of its cluster, when it names one; the first cluster by name where several started
 * at once). Of several stops of one run the earliest wins. Source: the design's rules for job events.
 */
export function resolveRuns(
  runs: readonly RunFacts[],
  stops: readonly { readonly stop: Stop }[],
): Resolution {
  // Nearly every job: one run that no stop is known of, or a stop that comes before its start.
  if (stops.length === 0 && runs.length === 1)
    return runs[0]?.reaped === undefined ? open : { closes: [runs[0].reaped], parked: [] };
  if (runs.length === 0) return { closes: [], parked: stops.map(() => "no_run") };
  const ordered = runs.toSorted((a, b) => b.startTime - a.startTime || compareText(a.cluster, b.cluster));
  const closes = new Map<RunFacts, Close>();
  const parked = new Map<object, ParkReason>();
  for (const known of stops.toSorted((a, b) => compareStops(a.stop, b.stop))) {
    const run = ordered.find((candidate) => ends(known.stop, candidate));
    if (run === undefined) parked.set(known, "no_run");
    else if (closes.has(run)) parked.set(known, "run_already_stopped");
    else closes.set(run, { source: "event", stop: known.stop });
  }
  const laterStart = new Map<string, number>();
  for (const run of ordered) {
    const supersededAt = laterStart.get(run.cluster);
    laterStart.set(run.cluster, run.startTime);
    if (closes.has(run)) continue;
    if (supersededAt !== undefined)
      closes.set(run, { source: "superseded", stopTime: supersededAt, jobState: SUPERSEDED_STATE });
    else if (run.reaped !== undefined) closes.set(run, run.reaped);
  }
  return { closes: runs.map((run) => closes.get(run)), parked: stops.map((known) => parked.get(known)) };
}

function ends(stop: Stop, run: RunFacts): boolean {
  if (stop.cluster !== undefined && stop.cluster !== run.cluster) return false;
  return stop.startTime === undefined ? run.startTime <= stop.stopTime : run.startTime === stop.startTime;
}
