import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isAtLeast } from "@cc-ingest/access";
import { connectDatabase } from "@cc-ingest/database";
import {
  type ServiceProcess,
  findNatsServer,
  freePort,
  startPostgres,
  startProcess,
  startServiceProcess,
} from "@cc-ingest/devstack";
import { useTempDirectory } from "@cc-ingest/devstack/testing";
import { connect } from "@nats-io/transport-node";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { read, root } from "../workspace.js";
import { type KubernetesObject, filesOf, ofKind } from "./objects.js";
import { renderOverlay } from "./render.js";
import { type LocalContainer, type Place, localContainer, runCli, workload } from "./run-workload.js";

// What stands in the rendered development overlay, run as processes of this machine: the same files, variables and arguments.

const until = { timeout: 120_000, interval: 50 };
const directory = useTempDirectory();
const resources = new AsyncDisposableStack();
let objects: KubernetesObject[];
let place: Place;
const container = (name: string): LocalContainer => localContainer(objects, workload(objects, name), place);

beforeAll(async () => {
  objects = await renderOverlay("development");
  const [client, monitor] = [await freePort(), await freePort()];
  const postgres = resources.use(await startPostgres({ env: {} }));
  place = {
    directory: directory(),
    addresses: {
      "0.0.0.0:4222": `127.0.0.1:${client.port}`,
      "0.0.0.0:8222": `127.0.0.1:${monitor.port}`,
      "nats:4222": `127.0.0.1:${client.port}`,
      "postgres:5432": `127.0.0.1:${postgres.port}`,
    },
  };
  await Promise.all([startBroker(monitor.port), prepareDatabase(postgres.url)]);
});
afterAll(() => resources.disposeAsync());

async function startBroker(monitorPort: number): Promise<void> {
  const { path, version } = await findNatsServer();
  const { args, env, path: inPod } = container("nats");
  // Older servers don't know it, as the file says.
  if (!isAtLeast(version, "2.10.0")) throw new Error(`nats-server ${version} is too old for single.conf`);
  resources.use(
    await startProcess({
      name: "nats-server",
      command: path,
      args,
      cwd: directory(),
      env: { ...env, SERVER_NAME: "nats-0" },
      logFile: inPod("log"),
      stopSignal: "TERM",
      isReady: () =>
        fetch(`http://127.0.0.1:${monitorPort}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
    }),
  );
}

/** As the image does with an empty volume: the database, then the scripts by name. */
async function prepareDatabase(url: string): Promise<void> {
  const postgres = container("postgres");
  const name = postgres.env["POSTGRES_DB"] ?? "";
  await using server = connectDatabase({ url, poolSize: 1, applicationName: "test" });
  await sql.raw(`create database ${name}`).execute(server);
  await using db = connectDatabase({ url: databaseUrl(url, name), poolSize: 1, applicationName: "test" });
  const scripts = globSync(postgres.path("docker-entrypoint-initdb.d/*.sql")).toSorted();
  expect(scripts.length).toBe(2);
  for (const script of scripts) await sql.raw(readFileSync(script, "utf8")).execute(db);
}

function databaseUrl(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: name }).href;
}

function start(name: string): ServiceProcess {
  const { env } = container(name);
  const app = join(root, "apps", name);
  const service = startServiceProcess({ directory: app, env: { ...env, HTTP_PORT: "0" }, nodeOptions: [] });
  resources.defer(async () => {
    service.kill("SIGKILL");
    await service.exit;
  });
  return service;
}

test("the Jobs make schema and streams, the services become ready and take what the simulation sends", async () => {
  const services = [start("ingest-jobs"), start("ingest-nodestate")];
  await Promise.all(services.map((service) => service.logged('run "ccingest migrate"; waiting')));
  for (const service of services) {
    expect((await service.get("/readyz")).status).toBe(503);
    expect((await service.get("/livez")).status).toBe(200);
  }
  expect(await runCli(container("provision"))).toMatchObject({ code: 0 });
  expect(await runCli(container("migrate"))).toMatchObject({ code: 0 });
  await Promise.all(services.map((service) => service.ready()));
  expect(await runCli(container("simulation"), "--jobs", "5", "--seed", "1", "--fast")).toMatchObject({
    code: 0,
  });

  const ingest = readFileSync(container("ingest-jobs").env["DATABASE_URL_FILE"] ?? "", "utf8");
  const reader = ingest.replace("ingest:development-ingest", "reader:development-reader");
  await using db = connectDatabase({ url: reader, poolSize: 1, applicationName: "test" });
  await vi.waitFor(async () => {
    const jobs = await db.selectFrom("job").select("job_state").execute();
    expect(jobs.filter(({ job_state }) => job_state !== "running").length).toBe(5);
    expect((await db.selectFrom("node").select("hostname").execute()).length).toBe(64);
  }, until);

  const metrics = (await Promise.all(services.map((service) => service.get("/metrics")))).map(
    ({ body }) => body,
  );
  const served = new Set(
    metrics.flatMap((body) => [...body.matchAll(/^ingest_\w+/gm)].map(([name]) => name)),
  );
  expect(served.size).toBeGreaterThan(0);
  const texts = globSync("infra/kubernetes/**/*.{md,yaml}", { cwd: root }).map(read).join("\n");
  const said = [...texts.matchAll(/\bingest_[a-z_]+/g)].map(([name]) => name);
  expect(said.filter((name) => !served.has(name))).toEqual([]);

  for (const service of services) service.kill("SIGTERM");
  expect(await Promise.all(services.map((service) => service.exit))).toEqual([0, 0]);
});

test("the broker admits the users of auth.conf and nobody else", async () => {
  const servers = place.addresses["nats:4222"] ?? "";
  await expect(connect({ servers, reconnect: false })).rejects.toThrow(/authorization/i);
  const urls = ofKind(objects, "Secret").flatMap((secret) => filesOf(secret)["nats-url"] ?? []);
  expect(urls.length).toBe(4);
  for (const url of urls) {
    const { username: user, password: pass } = new URL(url);
    await (await connect({ servers, user, pass })).close();
  }
});
