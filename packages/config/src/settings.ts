import { choice, filePath, integer, jetStreamName, listenHost } from "./basic-types.js";
import type { Config, WorkerSettings } from "./config.js";
import { natsSettings } from "./nats-settings.js";
import { natsSubject, plainSubject } from "./nats-subject.js";
import { postgresUrl } from "./postgres-url.js";
import { redactUrl } from "./redact-url.js";
import { type Setting, define, optional } from "./setting.js";
import { webSettings } from "./web-settings.js";

function workerSettings(
  section: "jobs" | "nodestate",
  what: string,
  defaults: { readonly stream: string; readonly durable: string; readonly batchSize: number },
) {
  const prefix = `INGEST_${section.toUpperCase()}`;
  const of = (config: Config): WorkerSettings => config.ingest[section];
  return {
    stream: define<string>(jetStreamName, defaults.stream, {
      key: `ingest.${section}.stream`,
      env: `${prefix}_STREAM`,
      description: `JetStream stream that stores ${what}.`,
      show: (config) => of(config).stream,
    }),
    durable: define<string>(jetStreamName, defaults.durable, {
      key: `ingest.${section}.durable`,
      env: `${prefix}_DURABLE`,
      description: "Durable consumer that all replicas of the service share.",
      show: (config) => of(config).durable,
    }),
    batchSize: define<number>(integer(1, 10_000), defaults.batchSize, {
      key: `ingest.${section}.batch-size`,
      env: `${prefix}_BATCH_SIZE`,
      description: "Messages per transaction, at most.",
      show: (config) => of(config).batchSize,
    }),
    ackWaitSeconds: define<number>(integer(5, 3600), 60, {
      key: `ingest.${section}.ack-wait-seconds`,
      env: `${prefix}_ACK_WAIT_SECONDS`,
      description: "After this time without acknowledgement the broker delivers a message again.",
      show: (config) => of(config).ackWaitSeconds,
    }),
  };
}

const jobs = workerSettings("jobs", "job events", {
  stream: "CC_JOB",
  durable: "ingest-jobs",
  batchSize: 800,
});
const nodestate = workerSettings("nodestate", "node states", {
  stream: "CC_NODE",
  durable: "ingest-nodestate",
  batchSize: 64,
});

const CLUSTER_TOKEN =
  "One * in it, as in cc.job.event.*, stands for the cluster: a line that names another one is refused. " +
  "Without it, with > alone or several *, the subject names no cluster.";

export const settings = {
  jobEvent: optional(natsSubject, {
    key: "main.api-subjects.subject-job-event",
    env: "SUBJECT_JOB_EVENT",
    description: `Subject of job start and stop events. ${CLUSTER_TOKEN}`,
    show: (config) => config.apiSubjects?.jobEvent,
  }),
  nodeState: optional(natsSubject, {
    key: "main.api-subjects.subject-node-state",
    env: "SUBJECT_NODE_STATE",
    description: `Subject of node states. ${CLUSTER_TOKEN}`,
    show: (config) => config.apiSubjects?.nodeState,
  }),
  jobConcurrency: define<number>(integer(1, 64), 4, {
    key: "main.api-subjects.job-concurrency",
    env: "JOB_CONCURRENCY",
    description: "Batches of job events in flight at once, per process.",
    show: (config) => config.apiSubjects?.jobConcurrency,
  }),
  nodeConcurrency: define<number>(integer(1, 64), 3, {
    key: "main.api-subjects.node-concurrency",
    env: "NODE_CONCURRENCY",
    description: "Batches of node states in flight at once, per process.",
    show: (config) => config.apiSubjects?.nodeConcurrency,
  }),
  ...natsSettings,
  databaseUrl: optional(postgresUrl, {
    key: "ingest.database.url",
    env: "DATABASE_URL",
    secret: true,
    description:
      "Postgres database, as postgres://user:password@host:5432/database; ?sslmode=verify-full&sslrootcert=<file> insists on TLS.",
    show: (config) => (config.database.url === "" ? undefined : redactUrl(config.database.url)),
  }),
  databasePoolSize: define<number>(integer(1, 200), 10, {
    key: "ingest.database.pool-size",
    env: "DATABASE_POOL_SIZE",
    description: "Connections per process; replicas × this must stay below max_connections.",
    show: (config) => config.database.poolSize,
  }),
  provisioning: define<"auto" | "verify">(choice(["auto", "verify"]), "auto", {
    key: "ingest.provisioning",
    env: "INGEST_PROVISIONING",
    description: "auto creates streams and consumers, verify only uses what an administrator made.",
    show: (config) => config.ingest.provisioning,
  }),
  timestampPrecision: define<"ns" | "us" | "ms" | "s" | "auto">(
    choice(["ns", "us", "ms", "s", "auto"]),
    "ns",
    {
      key: "ingest.timestamp-precision",
      env: "INGEST_TIMESTAMP_PRECISION",
      description: "Unit of the time stamps in the messages; auto tells it by their size.",
      show: (config) => config.ingest.timestampPrecision,
    },
  ),
  duplicateWindowSeconds: define<number>(integer(0, 31_536_000), 0, {
    key: "ingest.duplicate-window-seconds",
    env: "INGEST_DUPLICATE_WINDOW_SECONDS",
    description: "Refuse a start this close to another run of the same job; cc-backend uses 86400.",
    show: (config) => config.ingest.duplicateWindowSeconds,
  }),
  walltimeGraceSeconds: define<number>(integer(0, 31_536_000), 0, {
    key: "main.stop-jobs-exceeding-walltime",
    env: "JOB_WALLTIME_GRACE_SECONDS",
    description:
      "Seconds after its walltime at which a job without a stop is closed; 0 leaves it running for ever.",
    show: (config) => config.ingest.walltimeGraceSeconds,
  }),
  overdueStopSeconds: define<number>(integer(1, 31_536_000), 3600, {
    key: "ingest.overdue-stop-seconds",
    env: "INGEST_OVERDUE_STOP_SECONDS",
    description: "Age at which a stop that still waits for its start is reported as overdue.",
    show: (config) => config.ingest.overdueStopSeconds,
  }),
  lifecycleEvents: define<"on" | "off">(choice(["on", "off"]), "on", {
    key: "ingest.lifecycle.events",
    env: "INGEST_LIFECYCLE_EVENTS",
    description: "Whether a message goes out for each run that starts or stops.",
    show: (config) => config.ingest.lifecycle.events,
  }),
  lifecycleStream: define<string>(jetStreamName, "CC_LIFECYCLE", {
    key: "ingest.lifecycle.stream",
    env: "INGEST_LIFECYCLE_STREAM",
    description: "JetStream stream that stores these messages.",
    show: (config) => config.ingest.lifecycle.stream,
  }),
  lifecycleSubject: define<string>(plainSubject, "cc.lifecycle.job", {
    key: "ingest.lifecycle.subject",
    env: "INGEST_LIFECYCLE_SUBJECT",
    description: "Their subject, to which the cluster and started or stopped are added.",
    show: (config) => config.ingest.lifecycle.subject,
  }),
  clusterDefinitions: optional(filePath, {
    key: "ingest.cluster-definitions",
    env: "INGEST_CLUSTER_DEFINITIONS",
    description:
      "A cluster.json, or a directory of <cluster>/cluster.json; without it any cluster is accepted.",
    show: (config) => config.ingest.clusterDefinitions,
  }),
  jobsStream: jobs.stream,
  jobsDurable: jobs.durable,
  jobsBatchSize: jobs.batchSize,
  jobsAckWaitSeconds: jobs.ackWaitSeconds,
  nodestateStream: nodestate.stream,
  nodestateDurable: nodestate.durable,
  nodestateBatchSize: nodestate.batchSize,
  nodestateAckWaitSeconds: nodestate.ackWaitSeconds,
  nodestateUnknownHosts: define<"reject" | "accept">(choice(["reject", "accept"]), "reject", {
    key: "ingest.nodestate.unknown-hosts",
    env: "INGEST_NODESTATE_UNKNOWN_HOSTS",
    description:
      "A node that no cluster definition lists: reject makes a dead letter, accept stores it without subcluster.",
    show: (config) => config.ingest.nodestate.unknownHosts,
  }),
  nodestateMaxAheadSeconds: define<number>(integer(0, 86_400), 300, {
    key: "ingest.nodestate.max-ahead-seconds",
    env: "INGEST_NODESTATE_MAX_AHEAD_SECONDS",
    description:
      "A report this far ahead of the broker's time is refused; until then it hides newer ones from the node's current state.",
    show: (config) => config.ingest.nodestate.maxAheadSeconds,
  }),
  nodestateRetentionDays: define<number>(integer(0, 36_500), 0, {
    key: "ingest.nodestate.retention-days",
    env: "INGEST_NODESTATE_RETENTION_DAYS",
    description:
      "Whole days (UTC) before today whose node states stay in the database, 0 for ever; each node's newest state stays in any case.",
    show: (config) => config.ingest.nodestate.retention.days,
  }),
  nodestateRetentionPolicy: define<"drop" | "move">(choice(["drop", "move"]), "drop", {
    key: "ingest.nodestate.retention-policy",
    env: "INGEST_NODESTATE_RETENTION_POLICY",
    description: "What becomes of older days: drop deletes them, move writes each to a Parquet file first.",
    show: (config) => config.ingest.nodestate.retention.policy,
  }),
  nodestateRetentionPath: optional(filePath, {
    key: "ingest.nodestate.retention-path",
    env: "INGEST_NODESTATE_RETENTION_PATH",
    description:
      "Directory for these files, one for each database; all replicas of the service need to see the same one.",
    show: (config) => config.ingest.nodestate.retention.path,
  }),
  streamsMaxAgeSeconds: define<number>(integer(0, 315_360_000), 604_800, {
    key: "ingest.streams.max-age-seconds",
    env: "INGEST_STREAMS_MAX_AGE_SECONDS",
    description: "How long a stream keeps messages, 0 for ever; a service that is down longer loses some.",
    show: (config) => config.ingest.streams.maxAgeSeconds,
  }),
  streamsMaxBytes: define<number>(integer(-1, Number.MAX_SAFE_INTEGER), -1, {
    key: "ingest.streams.max-bytes",
    env: "INGEST_STREAMS_MAX_BYTES",
    description: "Size limit of each stream, -1 for none; the oldest messages go first.",
    show: (config) => config.ingest.streams.maxBytes,
  }),
  streamsReplicas: define<number>(integer(1, 5), 1, {
    key: "ingest.streams.replicas",
    env: "INGEST_STREAMS_REPLICAS",
    description: "Copies of each stream in a NATS cluster; 3 survive the loss of a server.",
    show: (config) => config.ingest.streams.replicas,
  }),
  subjectRateLimit: define<number>(integer(0, 1_000_000), 0, {
    key: "ingest.subject-rate-limit",
    env: "INGEST_SUBJECT_RATE_LIMIT",
    description:
      "Messages of one subject that a process takes per second, 0 for all; what is beyond is put off, never dropped.",
    show: (config) => config.ingest.subjectRateLimit,
  }),
  httpHost: define<string>(listenHost, "127.0.0.1", {
    key: "ingest.http.host",
    env: "HTTP_HOST",
    // No authentication stands before health and metrics, so reaching out is a decision of the site.
    description: "Where health and metrics listen; 0.0.0.0 lets Kubernetes and Prometheus in.",
    show: (config) => config.ingest.http.host,
  }),
  httpPort: define<number>(integer(0, 65_535), 9464, {
    key: "ingest.http.port",
    env: "HTTP_PORT",
    description: "Port of health and metrics; 0 takes a free one.",
    show: (config) => config.ingest.http.port,
  }),
  ...webSettings,
  shutdownGraceSeconds: define<number>(integer(1, 3600), 30, {
    key: "ingest.shutdown-grace-seconds",
    env: "INGEST_SHUTDOWN_GRACE_SECONDS",
    description: "Time to finish the batch after SIGTERM.",
    show: (config) => config.ingest.shutdownGraceSeconds,
  }),
} as const;

export type SettingName = keyof typeof settings;

export type SettingValues = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends Setting<infer T> ? T : never;
};

export const settingNames: readonly SettingName[] = Object.keys(settings).filter(
  (name): name is SettingName => name in settings,
);
export const allSettings: readonly Setting<unknown>[] = Object.values(settings);
