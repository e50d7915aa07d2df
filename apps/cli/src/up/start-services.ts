import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type GuardedProcess, freePort, startProcess } from "@cc-ingest/devstack";

export interface RunningService {
  readonly name: string;
  /** `/livez`, `/readyz` and `/metrics` stand below. */
  readonly url: string;
  readonly logFile: string;
  readonly process: GuardedProcess;
}

const names = ["ingest-jobs", "ingest-nodestate"] as const;
const FIRST_PORT = 9464;

/** Starts both services as processes of their own; they are ready when this resolves. */
export async function startServices(
  { configFile, logDirectory }: { readonly configFile: string; readonly logDirectory: string },
  resources: AsyncDisposableStack,
): Promise<RunningService[]> {
  const ports: number[] = [];
  for (const [index] of names.entries()) ports.push((await freePort(FIRST_PORT + index)).port);
  const starts = names.map(async (name, index) => {
    const url = `http://127.0.0.1:${ports[index]}`;
    const logFile = join(logDirectory, `${name}.log`);
    const process = await startService(name, { configFile, logFile, port: String(ports[index]), url });
    return { name, url, logFile, process };
  });
  const settled = await Promise.allSettled(starts);
  const running = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  resources.defer(async () => {
    await Promise.all(running.map(({ process }) => process[Symbol.asyncDispose]()));
  });
  for (const each of settled) if (each.status === "rejected") throw each.reason;
  return running;
}

async function startService(
  name: string,
  { configFile, logFile, port, url }: { configFile: string; logFile: string; port: string; url: string },
): Promise<GuardedProcess> {
  return await startProcess({
    name,
    command: process.execPath,
    args: ["--import", "@cc-ingest/telemetry/register", "dist/main.js"],
    // Where the packages that it imports are found.
    cwd: fileURLToPath(new URL(`../../../${name}`, import.meta.url)),
    env: { ...process.env, CONFIG_FILE: configFile, HTTP_HOST: "127.0.0.1", HTTP_PORT: port },
    logFile,
    stopSignal: "TERM",
    isReady: () => isReady(url),
  });
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
