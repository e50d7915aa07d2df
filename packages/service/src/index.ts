export { type ServiceDefinition } from "./definition.js";
export { runService } from "./run-service.js";
