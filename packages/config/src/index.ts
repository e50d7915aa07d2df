export { type ClusterReader, clusterReader, subjectToPublish } from "./cluster-token.js";
export type {
  ClusterDefinition,
  ClusterDefinitions,
  NodeCapacity,
  SubclusterDefinition,
} from "./cluster-definitions.js";
export type {
  ApiSubjects,
  Config,
  DatabaseSettings,
  HttpSettings,
  IngestSettings,
  NatsSettings,
  StreamSettings,
  WebSettings,
  WorkerSettings,
} from "./config.js";
export type { Requirement } from "./cross-checks.js";
export type { WebAppName } from "./web-cross-checks.js";
export { loadClusterDefinitions, type ClusterDefinitionsResult } from "./load-cluster-definitions.js";
export { loadConfig, type ConfigResult, type LoadOptions } from "./load-config.js";
export { formatProblems, type Problem } from "./problem.js";
export { redactUrl } from "./redact-url.js";
export { exampleConfig, showConfig } from "./show-config.js";
