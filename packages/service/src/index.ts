export { type LineOrigin, type Rejection, type Sourced, lineSource } from "./decode-batch.js";
export { type Chore, type Runtime, type ServiceDefinition, type Work } from "./definition.js";
export { runService } from "./run-service.js";
export { jobsWorker, lifecycleStream, nodestateWorker } from "./workers.js";
