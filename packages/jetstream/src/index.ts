export { type ConnectHooks, type NatsOptions, connectNats, connectOnce, inboxPrefix } from "./connect.js";
export {
  type Provisioning,
  ProvisioningError,
  type StreamSpec,
  applyLimits,
  ensureStream,
} from "./provision.js";
export { type Worker, ensureWorker } from "./worker.js";
export { type Delivery } from "./delivery.js";
export { PullLoop, type PullLoopOptions } from "./pull-loop.js";
export { type Retrying, StoppedError } from "./retry.js";
export { type OutgoingMessage, PublishError, publishStored } from "./publish-stored.js";
export { type RangeConsumerSpec, ensureRangeConsumer, isGone, sequenceAt } from "./range-consumer.js";
export { subjectCovers } from "./subject.js";
