export { type ConnectHooks, connectNats, connectOnce } from "./connect/connect.js";
export { isUnheard, permissionViolation } from "./broker-errors.js";
export { BrokerRefusal } from "./connect/broker-refusal.js";
export { inboxOf } from "./connect/client-options.js";
export type { NatsOptions } from "./connect/nats-options.js";
export {
  type Provisioning,
  ProvisioningError,
  type StreamSpec,
  applyLimits,
  ensureConsumer,
  ensureStream,
} from "./provision.js";
export { type Worker, ensureWorker } from "./worker.js";
export { type Delivery } from "./delivery.js";
export { PullLoop, type PullLoopOptions } from "./pull-loop.js";
export type { Tally } from "./tally.js";
export { type Retrying, StoppedError } from "./retry.js";
export { type OutgoingMessage, PublishError, publishStored } from "./publish-stored.js";
export { type RangeConsumerSpec, ensureRangeConsumer, isGone, sequenceAt } from "./range-consumer.js";
export { type StoredMessage, firstStoredAfter, messageAt, messageFrom } from "./stored-message.js";
export { subjectCovers } from "./subject.js";
