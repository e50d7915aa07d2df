import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";

export type ServiceName = "ingest-jobs" | "ingest-nodestate";

type LogLine = Readonly<Record<string, unknown>>;

/** A running service: a real process of the built app. */
export interface ServiceProcess {
  readonly pid: number;
  readonly stderr: readonly string[];
  /** Its log so far, a JSON object per line. */
  readonly log: readonly LogLine[];
  /** Waits for a log line whose message contains `text`. */
  logged(text: string): Promise<LogLine>;
  /** `/readyz`, `/livez` or `/metrics`. */
  get(path: string): Promise<{ status: number; body: string }>;
  ready(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  readonly exit: Promise<number | NodeJS.Signals>;
}

const telemetry = ["--import", "@cc-ingest/telemetry/register"];

export const until = { timeout: 240_000, interval: 25 };

/**
 * Starts a service with nothing in its environment but what is given. It is killed at the end of the test. `nodeOptions`: before
 * its program on the command line.
 */
export function startService(
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = telemetry,
): ServiceProcess {
  const directory = fileURLToPath(new URL(`../../../../apps/${name}`, import.meta.url));
  const child = spawn(process.execPath, [...nodeOptions, "dist/main.js"], {
    cwd: directory,
    env: { PATH: process.env["PATH"], HTTP_PORT: "0", LOG_LEVEL: "debug", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { log, stderr } = collectOutput(child);
  const exit = once(child, "exit").then(
    ([code, signal]: unknown[]) => (code ?? signal) as number | NodeJS.Signals,
  );
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exit;
  });
  const logged = (text: string): Promise<LogLine> =>
    vi.waitFor(() => {
      const line = log.find(({ msg }) => typeof msg === "string" && msg.includes(text));
      if (line === undefined) throw new Error(`no log line with "${text}" yet:\n${show(log, stderr)}`);
      return line;
    }, until);
  const get = async (path: string) => {
    const { url } = await logged("started");
    const response = await fetch(`${String(url)}${path}`);
    return { status: response.status, body: await response.text() };
  };
  return {
    pid: child.pid ?? 0,
    stderr,
    log,
    logged,
    get,
    async ready() {
      await vi.waitFor(async () => {
        const { status, body } = await get("/readyz");
        if (status !== 200) throw new Error(`not ready: ${body}\n${show(log, stderr)}`);
      }, until);
    },
    kill: (signal) => void child.kill(signal),
    exit,
  };
}

function collectOutput(child: ChildProcess): { log: LogLine[]; stderr: string[] } {
  const log: LogLine[] = [];
  const stderr: string[] = [];
  const lines = (stream: NodeJS.ReadableStream | null, take: (line: string) => void) => {
    if (stream !== null) createInterface({ input: stream }).on("line", take);
  };
  lines(child.stdout, (line) => log.push(JSON.parse(line) as LogLine));
  lines(child.stderr, (line) => stderr.push(line));
  return { log, stderr };
}

function show(log: readonly LogLine[], stderr: readonly string[]): string {
  return [...log.slice(-10).map((line) => JSON.stringify(line)), ...stderr].join("\n");
}
