import { execFile } from "node:child_process";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { download } from "../download.js";
import type { FetchContext } from "../fetch-context.js";
import { PINNED_VERSION, pinnedArchive, type Archive } from "./pinned-release.js";
import type { Source } from "./source.js";

const run = promisify(execFile);

const RELEASES = "https://github.com/nats-io/nats-server/releases/download";
/** Short: many clusters' machines reach no more than package mirrors. */
const TIMEOUT_MS = 3_000;

export const github: Source = {
  name: "github",
  label: "GitHub",
  cacheName: PINNED_VERSION,
  fetch: (context) => {
    const archive = pinnedArchive(context.platform, context.arch);
    if (archive === undefined) {
      return Promise.reject(new Error(`no release for ${context.platform} on ${context.arch} is pinned`));
    }
    return fetchRelease(context, archive);
  },
};

/** CC_INGEST_NATS_RELEASES names a mirror of the releases' download folder. */
export async function fetchRelease(context: FetchContext, archive: Archive): Promise<void> {
  const { env, directory, onProgress } = context;
  const releases = env["CC_INGEST_NATS_RELEASES"] ?? RELEASES;
  const file = join(directory, "archive.tar.gz");
  await download({
    url: `${releases}/v${PINNED_VERSION}/${archive.name}.tar.gz`,
    sha256: archive.sha256,
    file,
    timeoutMs: TIMEOUT_MS,
    onProgress,
  });
  await run("tar", ["-xzf", file, "-C", directory], { env });
  await rename(join(directory, archive.name, "nats-server"), join(directory, "nats-server"));
  await rm(join(directory, archive.name), { recursive: true });
  await rm(file);
}
