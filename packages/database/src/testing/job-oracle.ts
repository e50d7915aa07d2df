import type { JobEvent } from "../jobs/model.js";
import { precedes, stopKey } from "../jobs/model.js";
import { prepareJobEvent } from "../jobs/prepare.js";

/** A table row as text, so that whole tables compare with one equality. */
export type Row = string;

export interface Tables {
  readonly jobs: readonly Row[];
  readonly parked: readonly Row[];
}

interface OracleRun {
  readonly jobId: bigint;
  readonly cluster: string;
  readonly startTime: number;
  /** One column that tells which start event the row's content is from: the user. */
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

export function parkedRow(key: string, reason: string): Row {
  return `${key} ${reason}`;
}

/** What the tables must hold: the events sorted by time, each distinct one applied once, one by one. As simple as can be. */
export function oracle(events: readonly JobEvent[]): Tables {
  const prepared = events.map(prepareJobEvent);
  const starts = prepared.flatMap((e) => (e.kind === "start_job" ? [e.start] : []));
  const stops = new Map(prepared.flatMap((e) => (e.kind === "stop_job" ? [[stopKey(e.stop), e.stop]] : [])));
  starts.sort((a, b) => a.job.startTime - b.job.startTime || (precedes(a, b) ? -1 : precedes(b, a) ? 1 : 0));

  const timeline = [
    ...starts.map((start) => ({ time: start.job.startTime, order: 0, key: "", start, stop: undefined })),
    ...[...stops].map(([key, stop]) => ({ time: stop.stopTime, order: 1, key, start: undefined, stop })),
  ].toSorted((a, b) => a.time - b.time || a.order - b.order || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

  const runs: OracleRun[] = [];
  const parked: Row[] = [];
  for (const { start, stop } of timeline) {
    if (start !== undefined) {
      const { jobId, cluster, startTime } = start.job;
      const same = runs.filter((run) => run.jobId === jobId && run.cluster === cluster);
      if (same.some((run) => run.startTime === startTime)) continue;
      for (const run of same.filter((earlier) => earlier.state === "running"))
        Object.assign(run, { state: "preempted", stopTime: startTime, source: "superseded" });
      const { eventTime, job } = start;
      const open = { state: "running", stopTime: undefined, source: undefined };
      runs.push({ jobId, cluster, startTime, content: job.user, eventTime, ...open });
    }
    if (stop !== undefined) {
      const candidates = runs
        .filter((run) => run.jobId === stop.jobId && (stop.cluster ?? run.cluster) === run.cluster)
        .filter((run) => (stop.startTime ?? run.startTime) === run.startTime)
        .toSorted((a, b) => b.startTime - a.startTime || (a.cluster < b.cluster ? -1 : 1));
      const run = candidates[0];
      if (run === undefined) parked.push(parkedRow(stopKey(stop), "no_run"));
      else if (run.source === "event") parked.push(parkedRow(stopKey(stop), "run_already_stopped"));
      else Object.assign(run, { state: stop.jobState, stopTime: stop.stopTime, source: "event" });
    }
  }
  return { jobs: runs.map(jobRow).toSorted(), parked: parked.toSorted() };
}
