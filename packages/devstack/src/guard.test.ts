import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { isAlive } from "./process-table.js";
import { untilGone } from "./testing/processes.js";
import { useTempDirectory } from "./vitest/temp-directory.js";
import { startNatsServer } from "./nats/start-nats-server.js";
import { startPostgres } from "./postgres/start-postgres.js";
import { waitUntil } from "./wait-until.js";

const directory = useTempDirectory();
const MODULE = new URL("../dist/index.js", import.meta.url);

interface Started {
  readonly pids: readonly number[];
  readonly directories: readonly string[];
}

/** Another process that starts both servers, says what it started, and then is killed without warning. */
async function startAndKill(options: { readonly nats: object; readonly postgres: object }): Promise<Started> {
  const script = `
    import { readFileSync } from "node:fs";
    const { startNatsServer, startPostgres } = await import(${JSON.stringify(MODULE.href)});
    const nats = await startNatsServer(${JSON.stringify({ binary: inject("devstackNatsServer"), ...options.nats })});
    const postgres = await startPostgres({ env: {}, ...${JSON.stringify(options.postgres)} });
    const pid = Number.parseInt(readFileSync(postgres.dataDir + "/postmaster.pid", "utf8"), 10);
    console.log(JSON.stringify({ pids: [nats.pid, pid], directories: [nats.storeDir, postgres.dataDir] }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const failed = once(child, "exit").then(([code]) =>
    Promise.reject(new Error(`it ended with exit code ${code}`)),
  );
  const [line] = await Promise.race([once(child.stdout.setEncoding("utf8"), "data"), failed]);
  const started: Started = JSON.parse(String(line));
  expect(started.pids.every(isAlive)).toBe(true);
  child.kill("SIGKILL");
  await failed.catch(() => {});
  return started;
}

it("stops the servers of a process that was killed, and removes their temporary files", async () => {
  const { pids, directories } = await startAndKill({ nats: {}, postgres: {} });
  expect(await untilGone(pids)).toBe(true);
  expect(await waitUntil(() => !directories.some((each) => existsSync(each)), 30_000)).toBe(true);
}, 60_000);

it("lets the next run use the directories of a run that was killed, at once", async () => {
  const storeDir = join(directory(), "nats");
  const dataDir = join(directory(), "postgres");
  await startAndKill({ nats: { storeDir }, postgres: { dataDir } });
  await using nats = await startNatsServer({ binary: inject("devstackNatsServer"), storeDir });
  await using postgres = await startPostgres({ env: {}, dataDir });
  expect([nats.storeDir, postgres.dataDir]).toEqual([storeDir, dataDir]);
}, 60_000);
