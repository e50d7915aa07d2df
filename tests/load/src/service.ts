import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface ServiceRun extends AsyncDisposable {
  /** Highest resident set size so far: MB. */
  readonly peakRss: () => number;
}

/** Starts a built service and returns once it takes messages. */
export async function startService(name: string, env: Readonly<Record<string, string>>): Promise<ServiceRun> {
  const cwd = fileURLToPath(new URL(`../../../apps/${name}`, import.meta.url));
  const profile = process.env["PROFILE_DIR"];
  const flags = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const child = spawn(process.execPath, [...flags, "dist/main.js"], {
    cwd,
    env: { HTTP_PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      const { msg, level } = JSON.parse(line) as { msg: string; level: string };
      if (msg === "ready") resolve();
      if (level !== "info") process.stderr.write(`${line}\n`);
    });
    child.once("exit", () => reject(new Error(`${name} ended`)));
  });
  return {
    peakRss: () =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exit;
    },
  };
}
