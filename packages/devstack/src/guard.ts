import { spawn } from "node:child_process";
import { once } from "node:events";

/*
 * Reads "<pid> <signal>" lines; the last one counts, pid 0 means "nothing runs". End of input comes when the parent
 * closes the pipe or dies in any way, SIGKILL included: then the server is stopped and the directory removed.
 * SIGCONT is sent too because a stopped process does not act on other signals.
 */
const SCRIPT = `
trap '' HUP INT TERM QUIT
pid=0
while read -r next signal; do pid=$next; stop=$signal; done
if [ "$pid" != 0 ]; then
  kill -"$stop" "$pid"
  kill -CONT "$pid"
  n=0
  while kill -0 "$pid" && [ "$n" -lt 100 ]; do
    n=$((n + 1))
    if [ "$n" -eq 50 ]; then kill -KILL "$pid"; fi
    sleep 0.1
  done
fi
if [ -n "$1" ]; then rm -rf -- "$1"; fi
`;

/** A tiny shell that outlives this process by a moment, so that no server outlives it. */
export interface Guard {
  /** From now on `pid` is stopped with `signal` (name without SIG) when this process ends. */
  watch(pid: number, signal: "TERM" | "INT"): void;
  /** Nothing runs at present. */
  release(): void;
  /** Ends the guard, which removes its directory first. */
  close(): Promise<void>;
}

/** `directory` (when given) is removed at the end, whether this process ends well or is killed. */
export function startGuard(directory: string | undefined): Guard {
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "devstack-guard", directory ?? ""], {
    // Its own session: Ctrl-C in a terminal must reach neither the guard nor the server.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
  });
  const gone = once(shell, "exit");
  shell.stdin.on("error", () => {
    // The guard was killed by hand; the server is then stopped by this process alone.
  });
  return {
    watch(pid, signal) {
      shell.stdin.write(`${pid} ${signal}\n`);
    },
    release() {
      shell.stdin.write("0 TERM\n");
    },
    async close() {
      shell.stdin.end();
      await gone;
    },
  };
}
