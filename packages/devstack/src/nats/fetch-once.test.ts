import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, it } from "vitest";
import { useTempDirectory } from "../vitest/temp-directory.js";
import { writeProgram } from "../testing/program.js";

const run = promisify(execFile);
const directory = useTempDirectory();
const MODULE = new URL("../../dist/index.js", import.meta.url);

/** Test runs of several packages start at the same moment on a machine that has nothing yet. */
it("is fetched once when several processes need it at the same time", async () => {
  const bin = join(directory(), "bin");
  const log = join(directory(), "log");
  const real = inject("devstackNatsServer").path;
  await writeProgram(
    bin,
    "go",
    `echo built >> ${log}; /bin/sleep 0.3; /bin/ln -s ${real} "$GOBIN/nats-server"`,
  );
  const script = `
    const { findNatsServer } = await import(${JSON.stringify(MODULE.href)});
    const { path } = await findNatsServer({ onProgress: () => {} });
    process.stdout.write(path);`;
  const env = {
    PATH: bin,
    XDG_CACHE_HOME: directory(),
    CC_INGEST_NATS_RELEASES: "http://127.0.0.1:1",
    CC_INGEST_DEBIAN_MIRROR: "http://127.0.0.1:1",
  };
  const processes = Array.from({ length: 4 }, () =>
    run(process.execPath, ["--input-type=module", "--eval", script], { env }),
  );
  const paths = (await Promise.all(processes)).map(({ stdout }) => stdout);
  expect(new Set(paths).size).toBe(1);
  expect(await readFile(log, "utf8")).toBe("built\n");
});
