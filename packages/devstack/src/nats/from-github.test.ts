import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, it } from "vitest";
import { serveHttp } from "../testing/http-server.js";
import { useTempDirectory } from "../vitest/temp-directory.js";
import { fetchRelease } from "./from-github.js";
import { PINNED_VERSION, pinnedArchive } from "./pinned-release.js";
import { natsServerVersion } from "./version.js";

const run = promisify(execFile);
const directory = useTempDirectory();

it("downloads, checks and unpacks a release", async () => {
  const { path, version } = inject("devstackNatsServer");
  const name = "nats-server-v0-test";
  await mkdir(join(directory(), name));
  await copyFile(path, join(directory(), name, "nats-server"));
  await run("tar", ["-czf", "release", name], { cwd: directory() });
  const bytes = await readFile(join(directory(), "release"));
  const requests: (string | undefined)[] = [];
  await using host = await serveHttp(({ url }, response) => {
    requests.push(url);
    response.end(bytes);
  });
  const target = join(directory(), "target");
  await mkdir(target);

  const messages: string[] = [];
  await fetchRelease(
    {
      env: { PATH: process.env["PATH"], CC_INGEST_NATS_RELEASES: host.url },
      platform: "linux",
      arch: "x64",
      directory: target,
      onProgress: (message) => messages.push(message),
    },
    { name, sha256: createHash("sha256").update(bytes).digest("hex") },
  );

  expect(requests).toEqual([`/v${PINNED_VERSION}/${name}.tar.gz`]);
  expect(messages).toEqual([expect.stringMatching(/^Downloading http/)]);
  expect(await readdir(target)).toEqual(["nats-server"]);
  expect(await natsServerVersion(join(target, "nats-server"))).toBe(version);
});

it.each([
  ["linux", "x64", "linux-amd64"],
  ["linux", "arm64", "linux-arm64"],
  ["darwin", "x64", "darwin-amd64"],
  ["darwin", "arm64", "darwin-arm64"],
])("knows the release for %s on %s", (platform, arch, target) => {
  expect(pinnedArchive(platform, arch)).toMatchObject({
    name: `nats-server-v${PINNED_VERSION}-${target}`,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

it("knows none for other machines", () => {
  expect(pinnedArchive("win32", "x64")).toBeUndefined();
});
