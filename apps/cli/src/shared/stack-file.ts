import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isSameProcess, type ProcessIdentity } from "./process-identity.js";

/** What a running stack says of itself, for people, scripts and tests. */
export interface Stack extends ProcessIdentity {
  readonly startedAt: string;
  readonly configFile: string;
  readonly natsUrl: string;
  /** An address with credentials that may publish. */
  readonly producerUrl: string;
  readonly databaseUrl: string;
  /** By service: `/livez` and `/readyz` stand below. */
  readonly healthUrls: Readonly<Record<string, string>>;
  readonly metricsUrls: Readonly<Record<string, string>>;
  /** By name: what people open and scripts ask. */
  readonly webUrls: Readonly<Record<string, string>>;
  readonly logFiles: Readonly<Record<string, string>>;
  readonly subjects: { readonly jobEvent: string; readonly nodeState: string };
}

/** Where `ccingest up` keeps what it writes, below the working directory. */
export const stackDirectory = ".cc-ingest";

export function stackFile(): string {
  return join(stackDirectory, "stack.json");
}

/** Undefined when there is none, or when what wrote it is gone. */
export async function readLiveStack(): Promise<Stack | undefined> {
  try {
    // Written by this program alone, whole or not at all.
    const stack = JSON.parse(await readFile(stackFile(), "utf8")) as Stack;
    return (await isSameProcess(stack)) ? stack : undefined;
  } catch {
    return undefined;
  }
}
