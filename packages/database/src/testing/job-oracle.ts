import { type JobEvent, type Start, type Stop, compareStops, precedes } from "../jobs/model.js";
import { prepareJobEvent } from "../jobs/prepare.js";

/** A table row as text, so that whole tables compare with one equality. */
export type Row = string;

export interface Tables {
  readonly jobs: readonly Row[];
  readonly parked: readonly Row[];
  /** Dead letters of starts that the duplicate window refuses. */
  readonly refused: readonly Row[];
}

export interface Rules {
  /** The duplicate window in seconds; 0 for none. */
  readonly window: number;
  /** Unix seconds, long after everything else, at which the walltime reaper looks; undefined when it never does. */
  readonly reapedAt: number | undefined;
}

export const noRules: Rules = { window: 0, reapedAt: undefined };

interface OracleRun {
  readonly jobId: bigint;
  readonly cluster: string;
  readonly startTime: number;
  /** Columns that tell which start event the row's content is from: the user and the tags. */
  readonly content: string;
  readonly eventTime: bigint;
  state: string;
  stopTime: number | undefined;
  source: string | undefined;
}

export function jobRow(run: OracleRun): Row {
  const { jobId, cluster, startTime, content, eventTime, state, stopTime, source } = run;
  return `${cluster}/${jobId}@${startTime} told=${eventTime} ${state} stop=${stopTime ?? "-"} by=${source ?? "-"} ${content}`;
}

export function contentOf(user: string, tags: readonly string[]): string {
  return `${user} [${[...new Set(tags)].toSorted().join()}]`;
}

/** Different for different stops. */
export function stopKey({ jobId, cluster, startTime, stopTime, jobState }: Stop): string {
  return JSON.stringify([String(jobId), cluster ?? null, startTime ?? null, stopTime, jobState]);
}

export function parkedRow(stop: Stop, reason: string): Row {
  return `${stopKey(stop)} ${reason}`;
}

/** What the tables must hold: the events sorted by time, each distinct one applied once, one by one. As simple as can be. */
export function oracle(events: readonly JobEvent[], { window, reapedAt }: Rules = noRules): Tables {
  const prepared = events.map(prepareJobEvent);
  const starts = prepared.flatMap((e) => (e.kind === "start_job" ? [e.start] : []));
  const stops = new Map(prepared.flatMap((e) => (e.kind === "stop_job" ? [[stopKey(e.stop), e.stop]] : [])));
  starts.sort((a, b) => a.job.startTime - b.job.startTime || (precedes(a, b) ? -1 : precedes(b, a) ? 1 : 0));

  const timeline = [
    ...starts.map((start) => ({ time: start.job.startTime, start, stop: undefined })),
    // At the same second a job starts before it stops.
    ...[...stops.values()]
      .toSorted(compareStops)
      .map((stop) => ({ time: stop.stopTime, start: undefined, stop })),
  ].toSorted((a, b) => a.time - b.time);

  const runs: (OracleRun & { walltime: number })[] = [];
  const parked: Row[] = [];
  const refused = new Map<string, Row>();
  for (const { start, stop } of timeline) {
    if (start !== undefined) {
      const { jobId, cluster, startTime } = start.job;
      const same = runs.filter((run) => run.jobId === jobId && run.cluster === cluster);
      if (same.some((run) => run.startTime === startTime)) continue;
      if (same.some((run) => startTime - run.startTime < window)) {
        const key = `${cluster}/${jobId}@${startTime}`;
        if (!refused.has(key)) refused.set(key, jobRow(running(start)));
        continue;
      }
      for (const run of same.filter((earlier) => earlier.state === "running"))
        Object.assign(run, { state: "preempted", stopTime: startTime, source: "superseded" });
      runs.push(running(start));
    }
    if (stop !== undefined) {
      const candidates = runs
        .filter((run) => run.jobId === stop.jobId && (stop.cluster ?? run.cluster) === run.cluster)
        .filter((run) => (stop.startTime ?? run.startTime) === run.startTime)
        .toSorted((a, b) => b.startTime - a.startTime || (a.cluster < b.cluster ? -1 : 1));
      const run = candidates[0];
      if (run === undefined) parked.push(parkedRow(stop, "no_run"));
      else if (run.source === "event") parked.push(parkedRow(stop, "run_already_stopped"));
      else Object.assign(run, { state: stop.jobState, stopTime: stop.stopTime, source: "event" });
    }
  }
  if (reapedAt !== undefined)
    for (const run of runs.filter(({ state, walltime }) => state === "running" && walltime > 0))
      Object.assign(run, { state: "timeout", stopTime: run.startTime + run.walltime, source: "walltime" });
  return {
    jobs: runs.map(jobRow).toSorted(),
    parked: parked.toSorted(),
    refused: [...refused.values()].toSorted(),
  };
}

function running({ job, eventTime }: Start): OracleRun & { walltime: number } {
  const { jobId, cluster, startTime, user, tags } = job;
  const content = contentOf(
    user,
    tags.map(({ name }) => name),
  );
  const open = { state: "running", stopTime: undefined, source: undefined };
  return { jobId, cluster, startTime, content, eventTime, walltime: Number(job.walltime), ...open };
}
