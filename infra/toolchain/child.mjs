import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { say } from "./output.mjs";
import { watchNpm } from "./parents.mjs";

const TICK_MS = 10_000;

/** Runs to the end with this process's output; answers the exit code. */
export async function run(command, args, { cwd, env }) {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
  return untilExit(child, "exit");
}

/** Runs to the end, shows its output and answers it with the exit code. */
export async function runAndCollect(command, args, { cwd, env }) {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks = [];
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from.on("data", (chunk) => {
      chunks.push(chunk);
      to.write(chunk);
    });
  }
  const code = await untilExit(child, "close");
  return { code, output: Buffer.concat(chunks).toString("utf8") };
}

/** Runs quietly: one line that says what is done, a sign of life now and then; answers what it printed. */
export async function runQuietly(label, command, args, { cwd, env }) {
  say(label);
  const began = Date.now();
  const ticker = setInterval(() => say(`  … ${Math.round((Date.now() - began) / 1000)} s`), TICK_MS);
  try {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    const code = await untilExit(child, "close");
    return { ok: code === 0, output: Buffer.concat(chunks).toString("utf8").trim() };
  } finally {
    clearInterval(ticker);
  }
}

/**
 * Ctrl-C reaches the child by itself, since it is in the terminal's process group; a signal sent to this process
 * alone is passed on. Then this process ends the way the child did.
 */
async function untilExit(child, event) {
  let interrupted = false;
  const survive = () => {
    interrupted = true;
  };
  const passOn = (signal) => {
    interrupted = true;
    child.kill(signal);
  };
  process.on("SIGINT", survive);
  process.on("SIGTERM", passOn);
  process.on("SIGHUP", passOn);
  const endWatch = watchNpm(() => passOn("SIGTERM"));
  try {
    const [code, signal] = await once(child, event);
    const exitCode = code ?? exitCodeOf(signal);
    if (interrupted) {
      process.exit(exitCode === 0 ? exitCodeOf("SIGINT") : exitCode);
    }
    return exitCode;
  } finally {
    endWatch();
    process.off("SIGINT", survive);
    process.off("SIGTERM", passOn);
    process.off("SIGHUP", passOn);
  }
}

/** What a shell reports for a process that a signal ended. */
export function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 0);
}
