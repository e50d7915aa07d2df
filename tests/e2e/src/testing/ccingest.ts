import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { recordOutput } from "@cc-ingest/devstack";

export const main = fileURLToPath(new URL("../../../../apps/cli/dist/main.js", import.meta.url));

/** Runs the built command line with nothing in its environment but what is given. */
export async function ccingest(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = "",
): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env["PATH"], ...env } });
  child.stdin.end(input);
  const exit = once(child, "exit");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exit) as unknown[];
  recordOutput(`ccingest ${args[0]}`, env, stdout + stderr);
  return { code, stdout, stderr };
}
