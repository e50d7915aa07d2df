export { encodeErrorCodes, lineErrorCodes, rejectCodes } from "./codes.js";
export type { EncodeErrorCode, LineErrorCode, RejectCode } from "./codes.js";
export { defaultLimits } from "./limits.js";
export type { Limits } from "./limits.js";
export { decodeLines } from "./line/decode-lines.js";
export type { DecodedLine, DecodeError, DecodeOptions } from "./line/decode-lines.js";
export { encodePoints } from "./line/encode-points.js";
export type { EncodeOptions, EncodeResult } from "./line/encode-points.js";
export type { FieldValue, Point, Precision } from "./line/point.js";
export { decodeMessage } from "./message/decode-message.js";
export type { MessageOptions } from "./message/decode-message.js";
export { encodeNodeStates, encodeStartJob, encodeStopJob } from "./message/encode-message.js";
export type {
  EncodeMessageOptions,
  NodeStatesInput,
  StartJobInput,
  StopJobInput,
} from "./message/encode-message.js";
export type { MessageOutcome } from "./message/outcome.js";
export { peekIdentity } from "./message/peek-identity.js";
export type { LineIdentity } from "./message/peek-identity.js";
export type { NodeState, NodeStates } from "./payload/node-states.js";
export type { ConcurrentJobs, JobStatistic, JobTag, Resource, StartJob } from "./payload/start-job.js";
export { isFinalState, jobStates, nodeConditions, resolveStates, sharings } from "./payload/states.js";
export type { JobState, NodeCondition, Shared } from "./payload/states.js";
export type { StopJob } from "./payload/stop-job.js";
