export { cacheDirectory } from "./cache-directory.js";
export { type Chromium, findChromium } from "./chromium/find-chromium.js";
export { DevstackError, type DevstackErrorCode } from "./errors.js";
export { freePort } from "./free-port.js";
export { findNatsServer, type FindOptions, type NatsServerBinary } from "./nats/find-nats-server.js";
export { PINNED_VERSION } from "./nats/pinned-release.js";
export { startNatsServer, type NatsServer, type NatsServerOptions } from "./nats/start-nats-server.js";
export { startNatsCluster, type NatsCluster, type NatsClusterOptions } from "./nats/start-nats-cluster.js";
export { startPostgres, type PostgresOptions, type PostgresServer } from "./postgres/start-postgres.js";
export {
  findPrometheus,
  type FindPrometheusOptions,
  type PrometheusBinaries,
} from "./prometheus/find-prometheus.js";
export { startPrometheus, type Prometheus, type PrometheusOptions } from "./prometheus/start-prometheus.js";
export { recordOutput } from "./record-output.js";
export { residentMegabytes } from "./resident-memory.js";
export { startFlags } from "./start-flags.js";
export { startProcess, type GuardedProcess, type GuardedProcessSpec } from "./start-process.js";
export {
  startServiceProcess,
  type LogLine,
  type ServiceProcess,
  type ServiceProcessSpec,
} from "./service-process.js";
export { startTcpProxy, type Direction, type ProxyTraffic, type TcpProxy } from "./tcp-proxy.js";
