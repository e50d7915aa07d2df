import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { writeProgram } from "../testing/program.js";
import { useTempDirectory } from "../vitest/temp-directory.js";
import { findPrometheus, type PrometheusBinaries } from "./find-prometheus.js";
import { startPrometheus } from "./start-prometheus.js";

const directory = useTempDirectory();
const nobody = { CC_INGEST_DEBIAN_MIRROR: "http://127.0.0.1:1" };
let binaries: PrometheusBinaries;

beforeAll(async () => {
  binaries = await findPrometheus();
}, 180_000);

test("takes the programs in PATH", async () => {
  const bin = join(directory(), "bin");
  await mkdir(bin);
  await writeProgram(bin, "prometheus", "echo 'prometheus, version 3.1.4 (branch: HEAD)'");
  await writeProgram(bin, "promtool", "echo 'promtool, version 3.1.4 (branch: HEAD)'");
  const found = await findPrometheus({ env: { PATH: bin, ...nobody }, cacheDir: directory() });
  expect(found).toEqual({
    prometheus: join(bin, "prometheus"),
    promtool: join(bin, "promtool"),
    version: "3.1.4",
  });
});

test("where there is none and none can be fetched, says what to do", async () => {
  const env = { PATH: directory(), ...nobody };
  const finding = findPrometheus({ env, cacheDir: join(directory(), "cache"), onProgress: () => {} });
  await expect(finding).rejects.toThrow(/fetch failed.*no apt-get in PATH.*Install prometheus and promtool/);
});

test("a Prometheus that is started answers, and is gone with what it stored when it is disposed of", async () => {
  let url: string;
  {
    await using prometheus = await startPrometheus({ config: "scrape_configs: []", binaries });
    ({ url } = prometheus);
    const answer = await fetch(`${url}/api/v1/query?query=vector(42)`);
    expect(await answer.json()).toMatchObject({ data: { result: [{ value: [expect.any(Number), "42"] }] } });
  }
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("a configuration that it refuses is told with its reason", async () => {
  const starting = startPrometheus({ config: "scrape_interval: often", binaries });
  await expect(starting).rejects.toThrow(/prometheus ended while starting.*scrape_interval/s);
});
