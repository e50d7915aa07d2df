import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { recordOutput } from "@cc-ingest/devstack";
import { onTestFinished } from "vitest";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly exit: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  /** So far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<Ended>;
}

export interface RunOptions {
  /** All it has of an environment, besides PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
}

/** Starts the built command; it is killed at the end of the test. */
export function start(args: readonly string[], options: RunOptions = {}): Running {
  const { env = {}, cwd = tmpdir(), input = "" } = options;
  const { PATH, HOME, XDG_CACHE_HOME, NATS_SERVER } = process.env;
  const inherited = { PATH, HOME, XDG_CACHE_HOME, NATS_SERVER };
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...inherited, ...env } });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  // A command that reads nothing closes the pipe.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const ended = once(child, "close").then(([code, signal]: unknown[]) => {
    // Where it has started servers it says how to get at them.
    recordOutput(
      `ccingest ${args[0]}`,
      env,
      args[0] === "up" ? output.stderr : output.stdout + output.stderr,
    );
    return { exit: (code ?? signal) as Ended["exit"], ...output };
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { process: child, stdout: () => output.stdout, stderr: () => output.stderr, ended };
}

/** Runs the built command to its end. */
export function ccingest(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return start(args, options).ended;
}
