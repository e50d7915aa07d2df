export { type Rejection } from "./decode-batch.js";
export { type ServiceDefinition } from "./definition.js";
export { runService } from "./run-service.js";
export { jobsWorker, nodestateWorker } from "./workers.js";
