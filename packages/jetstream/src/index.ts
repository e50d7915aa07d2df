export { type ConnectHooks, type NatsOptions, connectNats, connectOnce } from "./connect.js";
export {
  type ConsumerSpec,
  type Provisioning,
  ProvisioningError,
  type StreamSpec,
  ensureConsumer,
  ensureStream,
} from "./provision.js";
export { type Delivery } from "./delivery.js";
export { PullLoop, type PullLoopOptions, type Retrying } from "./pull-loop.js";
export { subjectCovers } from "./subject.js";
