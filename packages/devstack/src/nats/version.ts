import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The version a nats-server says it has, "2.15.0"; undefined when `path` is not a nats-server that runs here. */
export async function natsServerVersion(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ["--version"], { timeout: 10_000 });
    return /^nats-server: v?(\d+\.\d+\.\d+\S*)/m.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

export function isAtLeast(version: string, wanted: string): boolean {
  const [a, b] = [numbers(version), numbers(wanted)];
  for (const [index, part] of b.entries()) {
    const difference = (a[index] ?? 0) - part;
    if (difference !== 0) {
      return difference > 0;
    }
  }
  return true;
}

/** Security advisories name what is below 2.11.15 and, of the 2.12 line, below 2.12.6. */
export function isRecommended(version: string): boolean {
  return isAtLeast(version, "2.12.0") ? isAtLeast(version, "2.12.6") : isAtLeast(version, "2.11.15");
}

function numbers(version: string): number[] {
  return version.split(/[.-]/).slice(0, 3).map(Number);
}
