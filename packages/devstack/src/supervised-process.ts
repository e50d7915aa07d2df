import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { DevstackError, messageOf } from "./errors.js";
import type { Guard } from "./guard.js";
import type { OrdinaryUser } from "./ordinary-user.js";
import { logSince, logSize } from "./log-file.js";
import { OWNER_VARIABLE } from "./process-table.js";
import { waitUntil } from "./wait-until.js";

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absent: this process's own. */
  readonly user?: OrdinaryUser | undefined;
  /** An open directory that the server gets as file descriptor 3. */
  readonly directory?: number | undefined;
  readonly logFile: string;
  readonly stopSignal: "TERM" | "INT";
  /** Whether the server with this process id serves. */
  readonly isReady: (pid: number) => Promise<boolean>;
}

/** Signals that a server does not end by. */
const SURVIVED: ReadonlySet<NodeJS.Signals> = new Set(["SIGSTOP", "SIGCONT", "SIGHUP"]);
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** One server process that can be stopped, killed and started again; its guard stops it should this process die. */
export class SupervisedProcess {
  readonly #spec: ProcessSpec;
  readonly #guard: Guard;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();

  constructor(spec: ProcessSpec, guard: Guard) {
    this.#spec = spec;
    this.#guard = guard;
  }

  /** The newest process, also when it has ended. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the newest process has ended. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** Ready when it returns. On failure nothing is left running and the error carries the end of the log. */
  async start(): Promise<void> {
    const { name, logFile, isReady } = this.#spec;
    const logStart = logSize(logFile);
    const pid = await this.#spawn();
    const settled = await waitUntil(async () => !this.running || (await isReady(pid)), READY_TIMEOUT_MS);
    if (settled && this.running) {
      return;
    }
    const what = this.running ? `did not get ready in ${READY_TIMEOUT_MS / 1000} s` : "ended while starting";
    await this.kill("SIGKILL");
    const log = logSince(logFile, logStart);
    const code = /address already in use/i.test(log) ? "port_in_use" : "start_failed";
    throw new DevstackError(code, `${name} ${what}. Its log ends with: ${log}`);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.running) {
      return;
    }
    child.kill(`SIG${this.#spec.stopSignal}`);
    child.kill("SIGCONT");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) {
      return;
    }
    this.#child?.kill(signal);
    if (!SURVIVED.has(signal)) {
      await this.#exited;
    }
  }

  async #untilExit(child: ChildProcess): Promise<void> {
    await once(child, "exit");
    this.#guard.release();
  }

  async #spawn(): Promise<number> {
    const { name, command, args, cwd, env, user, directory, logFile, stopSignal } = this.#spec;
    const log = openSync(logFile, "a");
    const child = spawn(command, args, {
      cwd,
      env: { ...env, [OWNER_VARIABLE]: String(process.pid) },
      detached: true,
      stdio: ["ignore", log, log, directory ?? "ignore"],
      ...user,
    });
    closeSync(log);
    const { pid } = child;
    if (pid === undefined) {
      const [cause] = await once(child, "error");
      throw new DevstackError("start_failed", `${name} cannot be started: ${messageOf(cause)}`, { cause });
    }
    this.#guard.watch(pid, stopSignal);
    this.#child = child;
    this.#exited = this.#untilExit(child);
    return pid;
  }
}
