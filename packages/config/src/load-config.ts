import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Config, NatsSettings } from "./config.js";
import { crossCheck, type Requirement } from "./cross-checks.js";
import { unknownVariables, type Environment } from "./environment.js";
import { collectFileValues, type FileValues } from "./file-values.js";
import { oneLine, type Problem } from "./problem.js";
import { readDocument } from "./read-document.js";
import { resolveSettings } from "./resolve-settings.js";
import type { SettingValues } from "./settings.js";

export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface LoadOptions {
  readonly env: Environment;
  /** Default: `CONFIG_FILE` of the environment, else `config.json` if there is one, else no file. */
  readonly file?: string;
  /** What this process cannot do without. Default: broker and database. */
  readonly required?: readonly Requirement[];
  /** Where relative paths start. Default: the working directory, as in ClusterCockpit. */
  readonly directory?: string;
}

const defaultFile = "config.json";

/**
 * Reads ClusterCockpit's `config.json`, the environment (which wins) and the secret files they name, and
 * reports every problem at once. Reads files; never throws for bad input.
 */
export function loadConfig(options: LoadOptions): ConfigResult {
  const { env, required = ["nats", "database"], directory = process.cwd() } = options;
  const { file, place } = chooseFile(options, directory);
  const fileValues = file === undefined ? noFile : readFileValues(file, place, directory);
  if ("unreadable" in fileValues) return { ok: false, problems: [oneLine(fileValues.unreadable)] };

  const resolved = resolveSettings(fileValues, env, directory);
  const variables = unknownVariables(env);
  const crossed = crossCheck(resolved, required, file ?? defaultFile, directory);
  const problems = [...fileValues.problems, ...variables.problems, ...resolved.problems, ...crossed.problems];
  if (problems.length > 0) return { ok: false, problems: problems.map(oneLine) };
  const warnings = [...fileValues.warnings, ...variables.warnings, ...crossed.warnings];
  return { ok: true, config: build(file, resolved.values, directory), warnings: warnings.map(oneLine) };
}

const noFile: FileValues = { values: new Map(), problems: [], warnings: [] };

function chooseFile(
  { file, env }: LoadOptions,
  directory: string,
): { file: string | undefined; place: string | undefined } {
  if (file !== undefined) return { file, place: undefined };
  const named = env["CONFIG_FILE"]?.trim();
  if (named !== undefined && named !== "") return { file: named, place: "environment: CONFIG_FILE" };
  const present = existsSync(resolve(directory, defaultFile));
  return { file: present ? defaultFile : undefined, place: undefined };
}

function readFileValues(
  file: string,
  place: string | undefined,
  directory: string,
): FileValues | { readonly unreadable: Problem } {
  const result = readDocument(file, directory);
  if (result.ok) return collectFileValues(result.document, directory);
  const { problem } = result;
  if (place === undefined) return { unreadable: problem };
  return { unreadable: { place, message: `${problem.place} ${problem.message}` } };
}

function build(file: string | undefined, values: SettingValues, directory: string): Config {
  const { jobEvent, nodeState, jobConcurrency, nodeConcurrency } = values;
  return {
    file,
    apiSubjects:
      jobEvent === undefined || nodeState === undefined
        ? undefined
        : { jobEvent, nodeState, jobConcurrency, nodeConcurrency },
    nats: buildNats(values, directory),
    database: { url: values.databaseUrl ?? "", poolSize: values.databasePoolSize },
    ingest: {
      provisioning: values.provisioning,
      timestampPrecision: values.timestampPrecision,
      duplicateWindowSeconds: values.duplicateWindowSeconds,
      walltimeGraceSeconds: values.walltimeGraceSeconds,
      overdueStopSeconds: values.overdueStopSeconds,
      lifecycle: {
        events: values.lifecycleEvents,
        stream: values.lifecycleStream,
        subject: values.lifecycleSubject,
      },
      clusterDefinitions: absolute(values.clusterDefinitions, directory),
      jobs: {
        stream: values.jobsStream,
        durable: values.jobsDurable,
        batchSize: values.jobsBatchSize,
        ackWaitSeconds: values.jobsAckWaitSeconds,
      },
      nodestate: {
        stream: values.nodestateStream,
        durable: values.nodestateDurable,
        batchSize: values.nodestateBatchSize,
        ackWaitSeconds: values.nodestateAckWaitSeconds,
        unknownHosts: values.nodestateUnknownHosts,
        maxAheadSeconds: values.nodestateMaxAheadSeconds,
        retention: {
          days: values.nodestateRetentionDays,
          policy: values.nodestateRetentionPolicy,
          path: absolute(values.nodestateRetentionPath, directory),
        },
      },
      streams: {
        maxAgeSeconds: values.streamsMaxAgeSeconds,
        maxBytes: values.streamsMaxBytes,
        replicas: values.streamsReplicas,
        storage: "file",
      },
      subjectRateLimit: values.subjectRateLimit,
      http: { host: values.httpHost, port: values.httpPort },
      web: {
        jwtPublicKey: values.webJwtPublicKey,
        maxBodyBytes: values.webMaxBodyBytes,
        requestTimeoutSeconds: values.webRequestTimeoutSeconds,
      },
      restApi: { http: { host: values.restApiHost, port: values.restApiPort } },
      console: {
        http: { host: values.consoleHost, port: values.consolePort },
        writes: values.consoleWrites,
        traceUrl: values.consoleTraceUrl,
      },
      shutdownGraceSeconds: values.shutdownGraceSeconds,
    },
  };
}

function absolute(path: string | undefined, directory: string): string | undefined {
  return path === undefined ? undefined : resolve(directory, path);
}

function buildNats(values: SettingValues, directory: string): NatsSettings {
  const { natsAddress, natsToken, natsCredsFile, natsNkeySeedFile } = values;
  const { natsCaFile, natsCertFile, natsKeyFile } = values;
  const handshakeFirst = values.natsHandshakeFirst === "on";
  const username = values.natsUsername ?? natsAddress?.username;
  const password = values.natsPassword ?? natsAddress?.password;
  return {
    servers: natsAddress?.servers ?? [],
    tls:
      natsAddress?.tls === true || natsCaFile !== undefined || natsCertFile !== undefined || handshakeFirst,
    ...(handshakeFirst ? { handshakeFirst } : {}),
    ...(username === undefined || password === undefined ? {} : { username, password }),
    ...(natsToken === undefined ? {} : { token: natsToken }),
    ...(natsCredsFile === undefined ? {} : { credsFile: resolve(directory, natsCredsFile) }),
    ...(natsNkeySeedFile === undefined ? {} : { nkeySeedFile: resolve(directory, natsNkeySeedFile) }),
    ...(natsCaFile === undefined ? {} : { caFile: resolve(directory, natsCaFile) }),
    ...(natsCertFile === undefined ? {} : { certFile: resolve(directory, natsCertFile) }),
    ...(natsKeyFile === undefined ? {} : { keyFile: resolve(directory, natsKeyFile) }),
  };
}
