export {
  type ConnectOptions,
  type Database,
  type PoolFigures,
  connectDatabase,
  readPool,
} from "./connection/connect.js";
export { type MigrationReport, type SchemaVersion, migrate, migrateUrl, schemaVersion } from "./migrate.js";
export {
  type FailureKind,
  classifyDatabaseError,
  errorCode,
  isForbidden,
  isUntrustedServer,
  lacksMigration,
  sqlstateClasses,
} from "./errors.js";
export {
  type Batch,
  type BatchRecord,
  type CommitMode,
  type Committed,
  SuspectBatchError,
  commitBatch,
} from "./commit-batch.js";
export { type Overview, type RowCount, readOverview } from "./overview.js";
export {
  type DeadLetter,
  type LineKey,
  type LineSource,
  type MessageKey,
} from "./dead-letters/dead-letter.js";
export {
  type LetterFilter,
  type LetterSummary,
  type Page,
  type StoredLetter,
  countLetters,
  findLetters,
  readLetters,
} from "./dead-letters/find-letters.js";
export {
  type Actor,
  AnsweredMeanwhileError,
  type LetterAction,
  type Verdict,
  claimLetters,
  discardLetters,
  finishReplay,
  readActions,
  recordReplay,
} from "./dead-letters/answer-letters.js";
export {
  beginLoneAttempt,
  endLoneAttempt,
  giveUpMessage,
  readGivenUp,
  readLoneAttempts,
} from "./dead-letters/lone-attempts.js";
export {
  type Close,
  type JobEvent,
  type JobOutcome,
  type RunChange,
  closeState,
  closeTime,
} from "./jobs/model.js";
export {
  type JobDetail,
  type JobSummary,
  type ParkedStop,
  listJobs,
  readJobs,
  readParkedStops,
} from "./browse/jobs.js";
export {
  type ClusterSummary,
  type NodeCell,
  type NodeDetail,
  type StateChange,
  readClusters,
  readNode,
  readNodeCells,
  readStateChanges,
} from "./browse/nodes.js";
export { commitJobs } from "./jobs/commit.js";
export { type DuplicateWindow } from "./jobs/start-messages.js";
export { type ReapOptions, reapJobs } from "./jobs/reap.js";
export { type OverdueStops, readOverdueStops } from "./jobs/overdue-stops.js";
export { type NodeEvent, type NodeOutcome, type NodePlace } from "./nodes/model.js";
export { NodeStore } from "./nodes/apply.js";
export { makePartitionsAhead } from "./nodes/partitions.js";
export { readClusterNames } from "./queries/cluster-names.js";
export {
  type JobFilter,
  type JobPage,
  type JobPlace,
  type FoundJobs,
  type JobRow,
  findJobs,
  readJob,
} from "./queries/find-jobs.js";
export { type NodeFilter, type NodePlaceInList, type NodeRow, findNodes } from "./queries/find-nodes.js";
export { type NodeHistoryRange, type NodeReportRow, readNodeHistory } from "./queries/node-history.js";
export { readUsedNodes } from "./queries/used-nodes.js";
export {
  type DroppedDay,
  type RetentionOptions,
  dropOldDays,
  readOldDays,
} from "./retention/drop-old-days.js";
export { type DayTable } from "./retention/day-tables.js";
export { type ArchivedDay, type DayArchive, type RetiredDay, type RetiredReport } from "./retention/model.js";
export {
  type DatabaseMark,
  type Watermark,
  type WatermarkKey,
  advanceWatermark,
  claimRecovery,
  readWatermark,
  replaceWatermark,
} from "./watermark.js";
export type { DeadLetterStatus, Schema } from "./schema.js";
export { addUpUsage } from "./usage/add-up.js";
export { type Waiting, waitingLetters, waitingStops } from "./waiting.js";
