import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DevstackError, type GuardedProcess, freePort, startFlags, startProcess } from "@cc-ingest/devstack";

export interface RunningService {
  readonly name: string;
  /** `/livez` and `/readyz` stand below. */
  readonly url: string;
  /** What there is to see below `url`, for people. */
  readonly paths: readonly string[];
  readonly logFile: string;
  readonly process: GuardedProcess;
}

/** What can be started, and where it usually listens. */
interface Program {
  readonly name: string;
  readonly usualPort: number;
  /** The settings of its host and of its port begin with this. */
  readonly variables: string;
  /** What is worth a look. */
  readonly paths: readonly string[];
}

const health = ["/readyz", "/livez", "/metrics"];

export const servicePrograms: readonly Program[] = [
  { name: "ingest-jobs", usualPort: 9464, variables: "HTTP", paths: health },
  { name: "ingest-nodestate", usualPort: 9465, variables: "HTTP", paths: health },
  {
    name: "rest-api",
    usualPort: 8080,
    variables: "INGEST_REST_API_HTTP",
    paths: ["/api/jobs/", "/api/nodes/", "/openapi.json"],
  },
];

/** For people. */
export const webPrograms: readonly Program[] = [
  { name: "console", usualPort: 8081, variables: "INGEST_CONSOLE_HTTP", paths: ["/"] },
];

const PORT_ATTEMPTS = 3;

export interface ServicePlace {
  readonly configFile: string;
  readonly logDirectory: string;
  /** The broker's address for a service; undefined where its configuration says it. */
  readonly natsUrl: ((service: string) => string) | undefined;
}

/** Starts programs as processes of their own; they are ready when this resolves. */
export async function startServices(
  programs: readonly Program[],
  place: ServicePlace,
  resources: AsyncDisposableStack,
): Promise<RunningService[]> {
  const starts = programs.map((program) => startOnSomePort(program, place));
  const settled = await Promise.allSettled(starts);
  const running = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  resources.defer(async () => {
    await Promise.all(running.map(({ process: service }) => service[Symbol.asyncDispose]()));
  });
  for (const each of settled) if (each.status === "rejected") throw each.reason;
  return running;
}

/** A port that was free may be taken until the service gets to it. */
async function startOnSomePort(program: Program, place: ServicePlace): Promise<RunningService> {
  for (let attempt = 1; ; attempt += 1) {
    const { port } = await freePort(attempt === 1 ? program.usualPort : undefined);
    try {
      return await startService(program, port, place);
    } catch (error) {
      const taken = error instanceof DevstackError && error.code === "port_in_use";
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function startService(
  { name, variables, paths }: Program,
  port: number,
  { configFile, logDirectory, natsUrl }: ServicePlace,
): Promise<RunningService> {
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(logDirectory, `${name}.log`);
  const directory = fileURLToPath(new URL(`../../../${name}`, import.meta.url));
  const service = await startProcess({
    name,
    command: process.execPath,
    args: [...startFlags(directory), "dist/main.js"],
    // Where the packages that it imports are found.
    cwd: directory,
    env: {
      // Whoever is on this machine may do everything with this stack.
      INGEST_CONSOLE_WRITES: "on",
      ...process.env,
      ...(natsUrl === undefined ? {} : { NATS_URL: natsUrl(name) }),
      CONFIG_FILE: configFile,
      [`${variables}_HOST`]: "127.0.0.1",
      [`${variables}_PORT`]: String(port),
    },
    logFile,
    stopSignal: "TERM",
    isReady: () => isReady(url),
  });
  return { name, url, paths, logFile, process: service };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

const TAIL_LINES = 12;

export async function tailOf(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, "utf8")).trimEnd().split("\n");
  return lines.slice(-TAIL_LINES).join("\n");
}
