export { type ConnectOptions, type Database, connectDatabase } from "./connection/connect.js";
export { type MigrationReport, type SchemaVersion, migrate, schemaVersion } from "./migrate.js";
export { type FailureKind, classifyDatabaseError, errorCode } from "./errors.js";
export { type Applied, type Batch, type CommitMode, SuspectBatchError, commitBatch } from "./commit-batch.js";
export { type Overview, type RowCount, readOverview } from "./overview.js";
export { type DeadLetter, type LineSource } from "./dead-letters/dead-letter.js";
export {
  type Close,
  type JobEvent,
  type JobOutcome,
  type RunChange,
  closeState,
  closeTime,
} from "./jobs/model.js";
export { commitJobs } from "./jobs/commit.js";
export { type DuplicateWindow } from "./jobs/start-messages.js";
export { type ReapOptions, reapJobs } from "./jobs/reap.js";
export { type OverdueStops, readOverdueStops } from "./jobs/overdue-stops.js";
export { type NodeEvent, type NodeOutcome, type NodePlace } from "./nodes/model.js";
export { NodeStore } from "./nodes/apply.js";
export type { Schema } from "./schema.js";
