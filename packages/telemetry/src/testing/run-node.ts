import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface FinishedProcess {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

/** Runs `node ...args` in this package with nothing of this process's OTEL settings, until it ends by itself. */
export function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<FinishedProcess> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(OTEL_|NODE_OPTIONS|VITEST|LOG_LEVEL)/.test(name),
  );
  const child = spawn(process.execPath, args, {
    cwd: packageRoot,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...output }));
  });
}
