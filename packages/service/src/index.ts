export { applyBatch } from "./apply-batch.js";
export { build } from "./build.js";
export { type DeadLetterReason, deadLetterReasons } from "./dead-letter-reasons.js";
export {
  type Input,
  type LineEvent,
  type LineOrigin,
  type Rejection,
  type Sourced,
  lineSource,
} from "./decode-batch.js";
export {
  type Chore,
  type Runtime,
  type ServiceDefinition,
  type Work,
  type WorkContext,
} from "./definition.js";
export { exitCodes } from "./exit-codes.js";
export { exitCodeOf } from "./failures.js";
export { type JobLine } from "./jobs/check-cluster.js";
export { parseExactly, toJson } from "./look/exact-json.js";
export {
  type Fault,
  type InspectedLine,
  type InspectedMessage,
  inspectMessage,
} from "./look/inspect-message.js";
export { isoTime } from "./look/iso-time.js";
export { type ReplicaStatus, readReplicas } from "./look/read-replicas.js";
export { type StreamStatus, readStream } from "./look/read-stream.js";
export { jobWork } from "./jobs/job-work.js";
export { type Announce, openLifecycle } from "./jobs/lifecycle.js";
export { type ListenAddress, listen } from "./listen.js";
export { messageOf } from "./message-of.js";
export { nodestateWork } from "./nodestate/nodestate-work.js";
export type { RangeResult, RangeTally } from "./rebuild/range-tally.js";
export { type ReplaySource, type SourceContext, replaySources } from "./rebuild/replay-source.js";
export type { ReplicaFigures } from "./replica/register-replica.js";
export { type BulkOptions, type Reached, inPages } from "./replay/in-pages.js";
export { type ReplayedLetter, editFault } from "./replay/letter-input.js";
export { type ReplayOptions, type ReplayResult, Replayer } from "./replay/replay-letters.js";
export { runService } from "./run-service.js";
export { sendStored } from "./send-stored.js";
export {
  closeNats,
  exitForConfiguration,
  loadClusters,
  openLog,
  stopOnSignals,
  toTheEnd,
  untilSchema,
} from "./start-up.js";
export { ServiceState } from "./state.js";
export { untilConnected } from "./until-connected.js";
export { jobsWorker, lifecycleStream, nodestateWorker } from "./workers.js";
