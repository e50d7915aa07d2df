import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { FetchContext } from "../fetch-context.js";
import { findInPath } from "../find-in-path.js";
import { PINNED_VERSION } from "./pinned-release.js";
import type { Source } from "./source.js";

const run = promisify(execFile);

const TIMEOUT_MS = 10 * 60_000;

export const go: Source = { name: "go", label: "Go", cacheName: PINNED_VERSION, fetch: buildWithGo };

/** Go checks the module against its public checksum database. */
async function buildWithGo({ env, directory, onProgress }: FetchContext): Promise<void> {
  const command = await findInPath("go", env);
  if (command === undefined) {
    throw new Error("no go in PATH");
  }
  onProgress(`Building nats-server ${PINNED_VERSION} with ${command} (about half a minute, once)`);
  const target = `github.com/nats-io/nats-server/v2@v${PINNED_VERSION}`;
  await run(command, ["install", "-trimpath", "-ldflags=-s -w", target], {
    cwd: directory,
    env: { ...env, GOBIN: directory, CGO_ENABLED: "0", GOWORK: "off" },
    timeout: TIMEOUT_MS,
  });
}
