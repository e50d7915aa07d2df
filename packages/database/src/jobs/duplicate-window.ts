import { compareText } from "./compare-text.js";
import type { StoredRun } from "./model.js";

export interface WindowFacts {
  readonly cluster: string;
  readonly startTime: number;
  readonly stored: StoredRun | undefined;
  /** The run's message is kept; without it a stored run can't become a dead letter, so it stands. */
  readonly kept: unknown;
}

export interface Admission<Run> {
  readonly admitted: readonly Run[];
  readonly refused: readonly Run[];
}

/**
 * Which runs of one jobId stand under a duplicate window, from the set of them alone: going by start time, a run less than
 * `seconds` after one that stands is refused. Source: cc-backend's rule for NATS and REST starts, made independent of the
 * order of arrival. 0 admits all.
 */
export function admitRuns<Run extends WindowFacts>(runs: readonly Run[], seconds: number): Admission<Run> {
  if (seconds === 0) return { admitted: runs, refused: [] };
  const admitted: Run[] = [];
  const refused: Run[] = [];
  const standing = new Map<string, number>();
  for (const run of runs.toSorted((a, b) => a.startTime - b.startTime || compareText(a.cluster, b.cluster))) {
    const before = standing.get(run.cluster);
    const immovable = run.stored !== undefined && run.kept === undefined;
    if (before !== undefined && run.startTime - before < seconds && !immovable) refused.push(run);
    else {
      admitted.push(run);
      standing.set(run.cluster, run.startTime);
    }
  }
  return { admitted, refused };
}
