import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { recordOutput } from "./record-output.js";
import { waitUntil } from "./wait-until.js";

export type LogLine = Readonly<Record<string, unknown>>;

/** A built service of this workspace as a process. */
export interface ServiceProcess {
  readonly pid: number;
  readonly stderr: readonly string[];
  /** What it has put out so far, as it came. */
  readonly stdout: readonly string[];
  /** Its log so far, a JSON object per line. */
  readonly log: readonly LogLine[];
  /** Waits for a log line whose message contains `text`, among those from number `from` on. */
  logged(text: string, from?: number): Promise<LogLine>;
  /** `/readyz`, `/livez` or `/metrics`. */
  get(path: string): Promise<{ status: number; body: string }>;
  /** Waits until it takes messages. */
  ready(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  readonly exit: Promise<number | NodeJS.Signals>;
}

export interface ServiceProcessSpec {
  /** The app's folder. */
  readonly directory: string;
  /** All it gets beside PATH, LOG_LEVEL and free ports. */
  readonly env: Readonly<Record<string, string>>;
  /** Before its program on the command line. */
  readonly nodeOptions: readonly string[];
  /** Default: this process's own. */
  readonly node?: string;
  /** User and group that it runs as; default: those of this process. */
  readonly uid?: number;
}

const PATIENCE_MS = 60_000;
const freePorts = { HTTP_PORT: "0", INGEST_REST_API_HTTP_PORT: "0", INGEST_CONSOLE_HTTP_PORT: "0" };

/** Starts `dist/main.js` with nothing in its environment but what is given. Whoever starts it ends it. */
export function startServiceProcess(spec: ServiceProcessSpec): ServiceProcess {
  const { directory, env, nodeOptions, node = process.execPath, uid } = spec;
  const child = spawn(node, [...nodeOptions, "dist/main.js"], {
    cwd: directory,
    env: { PATH: process.env["PATH"], ...freePorts, LOG_LEVEL: "debug", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const { stdout, log, stderr } = collectOutput(child);
  const exit = once(child, "exit").then(
    ([code, signal]: unknown[]) => (code ?? signal) as number | NodeJS.Signals,
  );
  child.once("close", () => {
    recordOutput(basename(directory), env, [...stdout, ...stderr].join("\n"));
  });
  const until = async (what: string, condition: () => boolean | Promise<boolean>): Promise<void> => {
    if (!(await waitUntil(condition, PATIENCE_MS))) throw new Error(`${what}\n${tail(log, stderr)}`);
  };
  const logged = async (text: string, from = 0): Promise<LogLine> => {
    let found: LogLine | undefined;
    await until(`no log line with "${text}":`, () => {
      found = log.slice(from).find(({ msg }) => typeof msg === "string" && msg.includes(text));
      return found !== undefined;
    });
    return found ?? {};
  };
  const get = async (path: string) => {
    const { url } = await logged("started");
    const response = await fetch(`${String(url)}${path}`);
    return { status: response.status, body: await response.text() };
  };
  return {
    pid: child.pid ?? 0,
    stdout,
    stderr,
    log,
    logged,
    get,
    ready: () =>
      until("not ready:", async () => {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`it has ended:\n${tail(log, stderr)}`);
        return (await get("/readyz")).status === 200;
      }),
    kill: (signal) => void child.kill(signal),
    exit,
  };
}

function collectOutput(child: ChildProcess): { stdout: string[]; log: LogLine[]; stderr: string[] } {
  const stdout: string[] = [];
  const log: LogLine[] = [];
  const stderr: string[] = [];
  const lines = (stream: NodeJS.ReadableStream | null, take: (line: string) => void) => {
    if (stream !== null) createInterface({ input: stream }).on("line", take);
  };
  lines(child.stdout, (line) => {
    stdout.push(line);
    log.push(JSON.parse(line) as LogLine);
  });
  lines(child.stderr, (line) => stderr.push(line));
  return { stdout, log, stderr };
}

function tail(log: readonly LogLine[], stderr: readonly string[]): string {
  return [...log.slice(-10).map((line) => JSON.stringify(line)), ...stderr].join("\n");
}
