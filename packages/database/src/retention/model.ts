import type { HealthState, ResolvedState } from "../schema.js";

/** A day (UTC) of node states whose table no longer belongs to `node_state`, and is dropped once its rows are kept elsewhere. */
export interface RetiredDay {
  /** `2026-01-31` */
  readonly day: string;
  /** Tells it from the same day retired another time: a late report gives a day that has gone a new table. */
  readonly tag: string;
}

/** A report as `node_state` has it, with the node as it is now. */
export interface RetiredReport {
  /** Null, like the two names below it, when the node was deleted. */
  readonly cluster: string | null;
  readonly hostname: string | null;
  readonly subcluster: string | null;
  readonly node_id: number;
  /** Unix seconds. */
  readonly time_stamp: bigint;
  readonly time_ns: number;
  readonly node_state: ResolvedState;
  /** JSON text of the list: few differ, and who reads them all need not parse each. */
  readonly states: string;
  readonly jobs_running: number;
  readonly cpus_allocated: number;
  /** Megabytes. */
  readonly memory_allocated: bigint;
  readonly gpus_allocated: number;
  readonly health_state: HealthState | null;
  /** JSON text. */
  readonly health_metrics: string | null;
}

/** Keeps days before they are dropped. What it rejects with ends the run, and nothing more is dropped. */
export interface DayArchive {
  /** Asked before a day of this size (bytes in the database) leaves `node_state`: whether `write` can be expected to work. */
  readonly prepare: (tableBytes: number) => Promise<void>;
  /**
   * Keeps a day for good. Asked again for a day and tag that it may have kept already when the process died in between; it must
   * not keep those rows twice.
   */
  readonly write: (day: RetiredDay, rows: AsyncIterable<readonly RetiredReport[]>) => Promise<ArchivedDay>;
}

export interface ArchivedDay {
  /** Where the rows are now. */
  readonly file: string;
}
