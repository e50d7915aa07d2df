import { execFile, spawn } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { isAlive } from "../process-table.js";
import { useTempDirectory } from "../vitest/temp-directory.js";
import { withClient } from "./databases.js";
import { startPostgres, type PostgresOptions, type PostgresServer } from "./start-postgres.js";

const run = promisify(execFile);
const directory = useTempDirectory();

/** Never the server that DATABASE_URL may name. */
function start(options: PostgresOptions = {}): Promise<PostgresServer> {
  return startPostgres({ env: {}, ...options });
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const { rows } = await withClient(url, (client) => client.query<Record<string, unknown>>(statement));
  return rows;
}

async function postmasterPid(server: PostgresServer): Promise<number> {
  return Number.parseInt(await readFile(join(server.dataDir ?? "", "postmaster.pid"), "utf8"), 10);
}

it("serves PostgreSQL 18 with UTF-8 and default durability", async () => {
  await using server = await start();
  expect(server.version).toMatch(/^18\./);
  expect(server.source).toBe("npm");
  expect(
    await query(
      server.url,
      "select current_setting('server_encoding') as encoding, current_setting('fsync') as fsync, lower('Ä') as lower",
    ),
  ).toEqual([{ encoding: "UTF8", fsync: "on", lower: "ä" }]);
});

it("runs as an ordinary user whoever starts it", async () => {
  await using server = await start();
  const { stdout } = await run("ps", ["-o", "uid=", "-p", String(await postmasterPid(server))]);
  expect(Number(stdout)).toBeGreaterThan(0);
});

it("lets nobody in without the password", async () => {
  await using server = await start();
  const url = new URL(server.url);
  url.password = "guess";
  await expect(query(url.href, "select 1")).rejects.toThrow(/password authentication failed/);
});

it("creates, clones and drops databases", async () => {
  await using server = await start();
  const original = await server.createDatabase("original");
  await query(original, "create table t as select 42 as n");
  const clone = await server.createDatabase('odd "name"', { template: "original" });
  expect(await query(clone, "select n from t")).toEqual([{ n: 42 }]);
  await withClient(clone, async () => {
    await server.dropDatabase('odd "name"');
  });
  await server.dropDatabase("never was");
  await expect(query(clone, "select 1")).rejects.toThrow(/does not exist/);
});

it("keeps what was committed over a kill and a restart, on the same port", async () => {
  await using server = await start();
  await query(server.url, "create table t as select 1 as n");
  const pid = await postmasterPid(server);
  await server.kill();
  expect(isAlive(pid)).toBe(false);
  await expect(query(server.url, "select 1")).rejects.toThrow(/ECONNREFUSED/);
  await server.restart();
  expect(await query(server.url, "select n from t")).toEqual([{ n: 1 }]);
});

it("keeps a given data directory, with its password, for the next run", async () => {
  const dataDir = join(directory(), "kept");
  await mkdir(`${dataDir}.new`, { recursive: true });
  await writeFile(join(`${dataDir}.new`, "left"), "by a run that was killed while it set up the directory");
  const first = await start({ dataDir, settings: { fsync: "off" } });
  await query(first.url, "create table t as select 1 as n");
  const { password } = new URL(first.url);
  await first[Symbol.asyncDispose]();
  await using second = await start({ dataDir });
  expect(new URL(second.url).password).toBe(password);
  expect(await query(second.url, "select n from t")).toEqual([{ n: 1 }]);
});

it("removes a temporary data directory", async () => {
  const server = await start();
  await server[Symbol.asyncDispose]();
  await expect(stat(server.dataDir ?? "")).rejects.toThrow("ENOENT");
});

it("is not stopped by a pid file that names a process which is no Postgres", async () => {
  const dataDir = join(directory(), "stale");
  const first = await start({ dataDir });
  const pidFile = join(dataDir, "postmaster.pid");
  const text = await readFile(pidFile, "utf8");
  await first[Symbol.asyncDispose]();
  // Postgres heeds the processes of its own user alone.
  const { uid, gid } = await stat(dataDir);
  const bystander = spawn("sleep", ["1000"], { uid, gid, cwd: "/", stdio: "ignore" });
  try {
    await writeFile(pidFile, text.replace(/^\d+/, String(bystander.pid)));
    await using second = await start({ dataDir });
    expect(await query(second.url, "select 1 as n")).toEqual([{ n: 1 }]);
  } finally {
    bystander.kill("SIGKILL");
  }
});

it("refuses a data directory that another server uses", async () => {
  const dataDir = join(directory(), "shared");
  await using server = await start({ dataDir });
  await expect(start({ dataDir })).rejects.toMatchObject({
    code: "data_directory_in_use",
    message: expect.stringContaining(`in use by process ${await postmasterPid(server)}`),
  });
});

it("refuses a data directory of another major version", async () => {
  const dataDir = join(directory(), "old");
  await mkdir(dataDir);
  await writeFile(join(dataDir, "PG_VERSION"), "17\n");
  await expect(start({ dataDir })).rejects.toThrow(/made by PostgreSQL 17, this is 18/);
});

it("says so when the port asked for is in use", async () => {
  await using server = await start();
  await expect(start({ port: server.port })).rejects.toMatchObject({ code: "port_in_use" });
});

it("uses the server DATABASE_URL names, and leaves it alone", async () => {
  await using own = await start();
  const server = await startPostgres({ env: { DATABASE_URL: own.url } });
  expect(server).toMatchObject({ url: own.url, port: own.port, source: "environment", version: own.version });
  const url = await server.createDatabase("elsewhere");
  await server.kill();
  await server[Symbol.asyncDispose]();
  expect(await query(url, "select 1 as n")).toEqual([{ n: 1 }]);
});

it.each([
  ["host=localhost", /not of the form postgres:\/\//],
  [
    "postgres://user:secret@127.0.0.1:1/db",
    /DATABASE_URL names \(127\.0\.0\.1:1\) cannot be used: .*ECONNREFUSED/,
  ],
])("tells what is wrong with DATABASE_URL=%s, without its password", async (DATABASE_URL, message) => {
  const failure = await startPostgres({ env: { DATABASE_URL } }).then(String, String);
  expect(failure).toMatch(message);
  expect(failure).not.toContain("secret");
});
