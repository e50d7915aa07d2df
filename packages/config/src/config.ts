/** Everything the services take from outside, checked. Times are in seconds, sizes in bytes. */
export interface Config {
  /** The configuration file that was read; undefined when everything comes from the environment. */
  readonly file: string | undefined;
  /** `main.api-subjects`; undefined when not configured: then there is nothing to consume. */
  readonly apiSubjects: ApiSubjects | undefined;
  readonly nats: NatsSettings;
  readonly database: DatabaseSettings;
  readonly ingest: IngestSettings;
}

export interface ApiSubjects {
  readonly jobEvent: string;
  readonly nodeState: string;
  readonly jobConcurrency: number;
  readonly nodeConcurrency: number;
}

export interface NatsSettings {
  /** `nats://host:port` or `tls://host:port`, without credentials. Empty only when NATS is not required. */
  readonly servers: readonly string[];
  /** True when the addresses say `tls://` or a file for TLS is given: the connection must then use TLS or fail. */
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  /** Of user and password, token, credentials file and NKey seed file at most one is set. */
  readonly token?: string;
  /** Path of a credentials file made by `nsc`. */
  readonly credsFile?: string;
  /** Path of a file that holds an NKey seed. */
  readonly nkeySeedFile?: string;
  /** Path of the authorities' certificates; the system's when absent. */
  readonly caFile?: string;
  /** Path of our own certificate; set together with `keyFile`. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** The broker begins with TLS before its first word. */
  readonly handshakeFirst?: boolean;
}

export interface DatabaseSettings {
  /** Holds the password: log it through `redactUrl` only. Empty only when the database is not required. */
  readonly url: string;
  readonly poolSize: number;
}

export interface IngestSettings {
  /** `auto` creates and updates streams and consumers, `verify` only binds to what is there. */
  readonly provisioning: "auto" | "verify";
  readonly timestampPrecision: "ns" | "us" | "ms" | "s" | "auto";
  /** 0: a start within any time of another run of the same jobId is a run of its own. */
  readonly duplicateWindowSeconds: number;
  /** A running job is closed this long after its walltime; 0 never. */
  readonly walltimeGraceSeconds: number;
  /** A parked stop is reported when its stop time lies this far back. */
  readonly overdueStopSeconds: number;
  readonly lifecycle: LifecycleSettings;
  /** Absolute path of a `cluster.json` or of a directory with `<cluster>/cluster.json`; not yet read. */
  readonly clusterDefinitions: string | undefined;
  readonly jobs: WorkerSettings;
  readonly nodestate: NodestateSettings;
  readonly streams: StreamSettings;
  /** Messages of one subject that a process takes per second; 0: as many as there are. */
  readonly subjectRateLimit: number;
  /** Health and metrics of the services. */
  readonly http: HttpSettings;
  readonly web: WebSettings;
  readonly restApi: { readonly http: HttpSettings };
  readonly console: ConsoleSettings;
  readonly shutdownGraceSeconds: number;
}

export interface LifecycleSettings {
  readonly events: "on" | "off";
  readonly stream: string;
  /** Without the tokens for cluster and kind. */
  readonly subject: string;
}

export interface WorkerSettings {
  readonly stream: string;
  readonly durable: string;
  /** Messages per transaction at most. */
  readonly batchSize: number;
  readonly ackWaitSeconds: number;
}

export interface NodestateSettings extends WorkerSettings {
  /** What becomes of a node that the cluster definitions do not list. */
  readonly unknownHosts: "reject" | "accept";
  /** A report further ahead of the broker's time is refused. */
  readonly maxAheadSeconds: number;
  readonly retention: RetentionSettings;
}

export interface RetentionSettings {
  /** Whole days before today that stay; 0 keeps all of them. */
  readonly days: number;
  readonly policy: "drop" | "move";
  /** Absolute path of the directory that days move to. Set when `policy` is `move`; not looked at yet. */
  readonly path: string | undefined;
}

export interface StreamSettings {
  /** 0 means without limit. */
  readonly maxAgeSeconds: number;
  /** −1 means without limit. */
  readonly maxBytes: number;
  readonly replicas: number;
  /** Not configurable: a stream in memory would lose what the broker has acknowledged. */
  readonly storage: "file";
}

export interface WebSettings {
  /** 32 bytes in base64. Without it nobody can be told from another: listen on loopback only. */
  readonly jwtPublicKey: string | undefined;
  readonly maxBodyBytes: number;
  readonly requestTimeoutSeconds: number;
}

export interface ConsoleSettings {
  readonly http: HttpSettings;
  /** `off`: nobody changes anything by it, whatever their role. */
  readonly writes: "on" | "off";
  /** With `{traceId}` in the place of a trace's id. */
  readonly traceUrl: string | undefined;
}

export interface HttpSettings {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
}
