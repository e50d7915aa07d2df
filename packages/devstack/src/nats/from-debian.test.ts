import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { useTempDirectory } from "../vitest/temp-directory.js";
import { debian } from "./from-debian.js";
import { natsServerVersion } from "./version.js";

const directory = useTempDirectory();
const PACKAGE_SITE = "https://deb.debian.org/debian/dists/stable/Release";

function answers(url: string): Promise<boolean> {
  return fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The real mirror's real package where it can be reached; elsewhere apt's, or a refusal that says why. */
it("fetches and unpacks the package without installing anything", async () => {
  const target = join(directory(), "target");
  await mkdir(target);
  const { platform, arch, env } = process;
  const reachable = platform === "linux" && (await answers(PACKAGE_SITE));
  const outcome = await debian.fetch({ env, platform, arch, directory: target, onProgress: () => {} }).then(
    () => natsServerVersion(join(target, "nats-server")),
    (error: unknown) => String(error),
  );
  expect(outcome).toMatch(
    reachable ? /^2\.\d+\.\d+/ : /^2\.|fetch failed|no answer|HTTP status|apt-get|Linux/,
  );
}, 120_000);

it("offers nothing to a Mac", async () => {
  const context = {
    env: {},
    platform: "darwin",
    arch: "arm64",
    directory: directory(),
    onProgress: () => {},
  };
  await expect(debian.fetch(context)).rejects.toThrow("its packages are for Linux");
});
