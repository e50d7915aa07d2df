export { type ConnectHooks, type NatsOptions, connectNats, connectOnce } from "./connect.js";
export { type Provisioning, ProvisioningError } from "./provision.js";
export { type Worker, ensureWorker } from "./worker.js";
export { type Delivery } from "./delivery.js";
export { PullLoop, type PullLoopOptions, type Retrying } from "./pull-loop.js";
