import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { exitCodeOf, runQuietly } from "./child.mjs";
import { Failure, say } from "./output.mjs";
import { watchNpm } from "./parents.mjs";
import { ROOT } from "./tools.mjs";
import { prepareWorkspace, turboCommand } from "./workspace.mjs";

/** npm, the shell and the terminal may each send the same Ctrl-C; another one after this long is meant. */
const SAME_SIGNAL_MS = 500;

/** Runs the command line of this checkout, brought up to date first. `npm start` is its command `up`. */
export async function ccingest(tools, args) {
  await prepareWorkspace(tools, async () => {
    const { ok, output } = await runQuietly(
      "Building",
      turboCommand(),
      ["run", "build", "--output-logs=errors-only"],
      { cwd: ROOT, env: tools.env },
    );
    if (!ok) {
      say(output);
      throw new Failure("The build failed; the compiler's reason stands above.");
    }
  });
  return runInForeground(tools.node, [join(ROOT, "apps", "cli", "dist", "main.js"), ...args], tools.env);
}

/**
 * The stack gets each signal once: it is in a session of its own, which the terminal does not signal. A shell that
 * holds a pipe to this process ends it should this process be killed.
 */
async function runInForeground(command, args, env) {
  const child = spawn(command, args, { cwd: process.cwd(), env, detached: true, stdio: "inherit" });
  const exited = once(child, "exit");
  const guard = spawn(
    "/bin/sh",
    ["-c", "trap '' HUP INT TERM; read -r _ || kill -TERM \"$1\"", "guard", String(child.pid)],
    {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    },
  );
  let lastSignal = -SAME_SIGNAL_MS;
  const passOn = (signal) => {
    const now = performance.now();
    if (now - lastSignal >= SAME_SIGNAL_MS) {
      lastSignal = now;
      child.kill(signal === "SIGHUP" ? "SIGTERM" : signal);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, passOn);
  }
  const endWatch = watchNpm(() => passOn("SIGTERM"));
  const [code, signal] = await exited;
  endWatch();
  guard.stdin.end("done\n");
  return code ?? exitCodeOf(signal);
}
