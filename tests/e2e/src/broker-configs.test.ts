import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAtLeast } from "@cc-ingest/access";
import { type GuardedProcess, freePort, startProcess } from "@cc-ingest/devstack";
import { useTempDirectory } from "@cc-ingest/devstack/testing";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type NatsConnection, connect, credsAuthenticator } from "@nats-io/transport-node";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { ccingest } from "./testing/ccingest.js";
import { startLine } from "./testing/fixtures.js";
import { until } from "./testing/service-process.js";

const infra = fileURLToPath(new URL("../../../infra/nats/", import.meta.url));
const root = useTempDirectory();
const { path: program, version } = inject("devstackNatsServer");
const subjects = { SUBJECT_JOB_EVENT: "cc.job.event.*", SUBJECT_NODE_STATE: "cc.node.state.*" };
const SUBJECT = "cc.job.event.fritz";

/** A place as the README makes one: the configuration, and beside it auth.conf. */
async function site(config: string): Promise<string> {
  const place = join(root(), config);
  await mkdir(place);
  const text = await readFile(join(infra, config), "utf8");
  // Older servers don't know it, as the file says.
  const known = isAtLeast(version, "2.10.0") ? text : text.replace(/^ *sync_interval.*\n/m, "");
  await writeFile(join(place, config), known);
  for (const args of [["init"], ["add-producer", "fritz"]])
    expect(await ccingest(["auth", ...args, "--directory", place], subjects)).toMatchObject({ code: 0 });
  return place;
}

interface Server {
  readonly url: string;
  readonly process: GuardedProcess;
}

async function start(
  place: string,
  config: string,
  index: number,
  env: Record<string, string>,
): Promise<Server> {
  const [listen, monitor] = [await freePort(), await freePort()];
  const monitorUrl = `http://127.0.0.1:${monitor.port}/healthz`;
  const server = await startProcess({
    name: `nats-server ${config}`,
    command: program,
    args: ["--config", join(place, config)],
    cwd: place,
    env: {
      SERVER_NAME: `nats-${index}`,
      LISTEN: `127.0.0.1:${listen.port}`,
      MONITOR: `127.0.0.1:${monitor.port}`,
      STORE_DIR: join(place, `store-${index}`),
      ...env,
    },
    logFile: join(place, `${index}.log`),
    stopSignal: "TERM",
    isReady: () =>
      fetch(monitorUrl).then(
        ({ ok }) => ok,
        () => false,
      ),
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { url: `nats://127.0.0.1:${listen.port}`, process: server };
}

async function connectAs(user: string, place: string, servers: readonly Server[]): Promise<NatsConnection> {
  const authenticator = credsAuthenticator(await readFile(join(place, "creds", `${user}.creds`)));
  const nats = await connect({
    servers: servers.map(({ url }) => url),
    authenticator,
    inboxPrefix: `_INBOX_${user}`,
    maxReconnectAttempts: -1,
  });
  onTestFinished(() => nats.close());
  return nats;
}

async function provision(place: string, servers: readonly Server[], replicas: number): Promise<void> {
  const env = {
    ...subjects,
    NATS_URL: servers.map(({ url }) => url).join(","),
    NATS_CREDS_FILE: join(place, "creds/provisioner.creds"),
    INGEST_STREAMS_REPLICAS: String(replicas),
    INGEST_STREAMS_MAX_BYTES: "1000000000",
  };
  await vi.waitFor(async () => {
    const { code, stderr } = await ccingest(["provision"], env);
    expect([code, stderr]).toEqual([0, ""]);
  }, until);
}

test("single.conf: a broker that admits the users of auth.conf and nobody else", async () => {
  const place = await site("single.conf");
  const server = await start(place, "single.conf", 1, {});
  await provision(place, [server], 1);
  const producer = jetstream(await connectAs("producer-fritz", place, [server]));
  expect(await producer.publish(SUBJECT, startLine(1, 1_760_000_000))).toMatchObject({
    stream: "CC_JOB",
    seq: 1,
  });
  await expect(connect({ servers: server.url })).rejects.toThrow(/authorization/i);
});

test("cluster.conf: three brokers that keep what is stored when one of them is gone", async () => {
  const place = await site("cluster.conf");
  const routes = await Promise.all([freePort(), freePort(), freePort()]);
  const ROUTES = JSON.stringify(routes.map(({ port }) => `nats://127.0.0.1:${port}`));
  const servers = await Promise.all(
    routes.map(({ port }, index) =>
      start(place, "cluster.conf", index + 1, { ROUTES, CLUSTER_LISTEN: `127.0.0.1:${port}` }),
    ),
  );
  await provision(place, servers, 3);
  const admin = await connectAs("admin", place, servers);
  const jsm = await jetstreamManager(admin);
  const leader = async () => (await jsm.streams.info("CC_JOB")).cluster?.leader;
  const { config, cluster } = await jsm.streams.info("CC_JOB");
  expect([config.num_replicas, cluster?.replicas?.length]).toEqual([3, 2]);
  const producer = jetstream(await connectAs("producer-fritz", place, servers));
  await producer.publish(SUBJECT, startLine(1, 1_760_000_000));

  const first = await leader();
  await servers[Number(first?.at(-1)) - 1]?.process.stop();
  await vi.waitFor(async () => {
    const next = await leader();
    expect([undefined, "", first]).not.toContain(next);
  }, until);
  await vi.waitFor(() => producer.publish(SUBJECT, startLine(2, 1_760_000_000), { msgID: "2" }), until);
  expect((await jsm.streams.info("CC_JOB")).state.messages).toBe(2);
});
