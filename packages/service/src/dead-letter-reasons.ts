import { rejectCodes } from "@cc-ingest/protocol";

/** Every reason a dead letter can have: why the codec refuses a line, and what arises behind it. */
export const deadLetterReasons = [
  ...rejectCodes,
  "unsupported_event",
  "cluster_mismatch",
  "unknown_cluster",
  "unknown_subcluster",
  "host_in_no_subcluster",
  "duplicate_job",
  "database_refused",
  "crashes_service",
] as const;

export type DeadLetterReason = (typeof deadLetterReasons)[number];
