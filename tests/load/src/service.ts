import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startFlags } from "@cc-ingest/devstack";

export interface ServiceRun extends AsyncDisposable {
  readonly pid: number;
  /** Where it listens. */
  readonly url: string;
  /** Resident set size now, and the highest so far: MB. */
  readonly memory: () => { readonly rss: number; readonly peak: number };
}

/** Starts a built service as its package does, and returns once it takes messages. PROFILE_DIR writes CPU profiles there. */
export async function startService(name: string, env: Readonly<Record<string, string>>): Promise<ServiceRun> {
  const cwd = fileURLToPath(new URL(`../../../apps/${name}`, import.meta.url));
  const child = spawn(process.execPath, [...profiling(), ...startFlags(cwd), "dist/main.js"], {
    cwd,
    env: { HTTP_PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const end = (): void => void child.kill("SIGTERM");
  process.once("exit", end);
  void exit.then(() => process.off("exit", end));
  const lines = createInterface({ input: child.stdout });
  let url: string | undefined;
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      // A web app logs each request: that is not to be parsed beside the measurement.
      if (line.includes('"msg":"request"')) return;
      const { msg, level, ...rest } = JSON.parse(line) as { msg: string; level: string; url?: string };
      url ??= rest.url;
      if (msg === "ready") resolve();
      if (level !== "info") process.stderr.write(`${line}\n`);
    });
    child.once("exit", () => reject(new Error(`${name} ended`)));
  });
  const pid = child.pid ?? 0;
  return {
    pid,
    url: url ?? "",
    memory() {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const megabytes = (key: string): number =>
        Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
      return { rss: megabytes("VmRSS"), peak: megabytes("VmHWM") };
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exit;
    },
  };
}

function profiling(): string[] {
  const directory = process.env["PROFILE_DIR"];
  return directory === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${directory}`];
}
