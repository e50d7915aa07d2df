import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, connectDatabase, migrateUrl } from "@cc-ingest/database";
import {
  type NatsServer,
  type NatsServerOptions,
  type PostgresServer,
  type ServiceProcess,
  type TcpProxy,
  startNatsCluster,
  startNatsServer,
  startPostgres,
  startTcpProxy,
} from "@cc-ingest/devstack";
import { useDatabase } from "@cc-ingest/devstack/testing";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { sql } from "kysely";
import { type NatsConnection, connect } from "@nats-io/transport-node";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import type { TextChange } from "../changes/text-change.ts";
import { compare, type Differences } from "../verdict/compare.ts";
import { drained, repeatedDeliveries } from "../verdict/drained.ts";
import { runOracle } from "../verdict/oracle.ts";
import { readTables } from "../verdict/read-tables.ts";
import { type Load, startLoad } from "./load.ts";
import { storeAll } from "./publish.ts";
import { type ReplicaOptions, type ServiceName, NAMES, environment, startReplica } from "./replica.ts";
import type { Message } from "./traffic.ts";
import { withPort } from "./url.ts";

/** Two replicas for jobs and one for node states, behind a network that can fail. */
export interface Site {
  readonly broker: NatsServer;
  /** All of them, where it is a cluster. */
  readonly brokers: readonly NatsServer[];
  /** Its own, so that it can fail. */
  readonly postgres: PostgresServer;
  /** What it has logged. */
  readonly postgresLog: () => Promise<string>;
  /** A path that nothing has yet; gone after the file's tests. */
  readonly newPath: () => string;
  readonly network: {
    readonly broker: TcpProxy;
    readonly others: readonly TcpProxy[];
    readonly database: TcpProxy;
  };
  /** Connections that no fault of the network meets. */
  readonly nats: NatsConnection;
  readonly jsm: JetStreamManager;
  readonly db: Database;
  /** The oracle's database, for what a test changes in both. */
  readonly oracle: Database;
  readonly oracleUrl: string;
  /** Starts a process; it is killed after the file's tests at the latest. */
  readonly start: (name: ServiceName, options?: ReplicaOptions) => ServiceProcess;
  /** The processes that serve the file's tests, all ready; those that have died are started again. */
  readonly running: () => Promise<Serving>;
  /** Ends all processes. */
  readonly stopAll: () => Promise<void>;
  /** Ends all processes, and empties the tables and the streams; all messages so far must have been applied. */
  readonly reset: () => Promise<void>;
  readonly publish: (messages: readonly Message[]) => Promise<void>;
  /** As publish, but the streams hold each message once, however late the broker answers. */
  readonly publishOnce: (messages: readonly Message[]) => Promise<void>;
  /** The processes of `running`, with traffic under way of which `jobs[0]` has committed some: see its log from `from` on. */
  readonly underLoad: () => Promise<UnderLoad>;
  readonly endLoads: () => Promise<void>;
  /** Waits until every message is acknowledged. */
  readonly drained: () => Promise<void>;
  /** Deliveries beyond the first of each job message. */
  readonly repeated: () => Promise<number>;
  /** How the tables differ from those that the same messages give without faults, one by one. */
  readonly differences: () => Promise<Differences>;
  /** Waits until all is worked off; nothing must be lost, invented or diverge. */
  readonly expectWhole: () => Promise<void>;
}

export interface Serving {
  readonly jobs: readonly [ServiceProcess, ServiceProcess];
  readonly nodes: ServiceProcess;
}

export interface UnderLoad extends Serving {
  readonly from: number;
  readonly load: Load;
}

export interface SiteOptions {
  /** Three servers that hold the streams together. */
  readonly cluster?: true;
  /** Options of a single broker. */
  readonly broker?: Omit<NatsServerOptions, "binary">;
  /** Settings of Postgres. */
  readonly postgres?: Readonly<Record<string, string>>;
  /** What is changed in the processes of `running`. */
  readonly changes?: readonly TextChange[];
  readonly env?: Readonly<Record<string, string>>;
}

const LOAD_SEEDS = 1_000;

/** Nothing outlives the tests, so nothing needs to survive a power failure. */
const NOT_DURABLE = { fsync: "off", full_page_writes: "off" };

export const nothingWrong: Differences = { lost: [], invented: [], diverged: [] };

/** Servers for this file's tests. */
export function useSite(options: SiteOptions = {}): () => Site {
  const oracleDatabase = useDatabase({ migrate: migrateUrl });
  const resources = new AsyncDisposableStack();
  let site: Site | undefined;
  beforeAll(async () => {
    const brokers = await startBrokers(options, resources);
    site = await openSite(brokers, oracleDatabase().url, options, resources);
    // They make the streams.
    await site.running();
  });
  // One test's fault must not meet the next one, also when the test failed in the midst of it.
  afterEach(async () => {
    if (site === undefined) return;
    const { network, brokers, postgres, endLoads } = site;
    for (const proxy of [network.broker, network.database, ...network.others]) proxy.restore();
    for (const server of [...brokers, postgres]) {
      if (server.running) await server.kill("SIGCONT");
      else await server.restart();
    }
    await endLoads();
  });
  afterAll(() => resources.disposeAsync());
  return () => {
    if (site === undefined) throw new Error("only inside a test");
    return site;
  };
}

async function startBrokers(
  { cluster, broker }: SiteOptions,
  resources: AsyncDisposableStack,
): Promise<readonly NatsServer[]> {
  const binary = inject("devstackNatsServer");
  if (cluster !== true) return [resources.use(await startNatsServer({ ...broker, binary }))];
  return resources.use(await startNatsCluster({ binary })).servers;
}

async function openSite(
  brokers: readonly NatsServer[],
  oracleUrl: string,
  { postgres: settings, changes = [], env: more = {} }: SiteOptions,
  resources: AsyncDisposableStack,
): Promise<Site> {
  const [broker] = brokers;
  if (broker === undefined) throw new Error("no broker");
  const directory = await mkdtemp(join(tmpdir(), "cc-ingest-faults-"));
  resources.defer(() => rm(directory, { recursive: true, force: true }));
  const logFile = join(directory, "postgres.log");
  const postgres = resources.use(
    await startPostgres({ env: {}, logFile, settings: { ...NOT_DURABLE, ...settings } }),
  );
  await migrateUrl(postgres.url);
  const network = {
    broker: resources.use(await startTcpProxy(broker.port)),
    others: await Promise.all(
      brokers.slice(1).map(async ({ port }) => resources.use(await startTcpProxy(port))),
    ),
    database: resources.use(await startTcpProxy(postgres.port)),
  };
  const urls = brokers.map(({ url }) => url);
  const nats = await connect({ servers: urls, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  resources.defer(() => nats.close());
  const jsm = await jetstreamManager(nats, { timeout: 5_000 });
  const open = (url: string): Database => {
    const db = connectDatabase({ url, poolSize: 4, applicationName: "test" });
    resources.defer(() => db.destroy());
    return db;
  };
  const seen = [network.broker, ...network.others].map(({ port }) => `nats://127.0.0.1:${port}`);
  const replicas = { INGEST_STREAMS_REPLICAS: String(brokers.length) };
  const db = open(postgres.url);
  const oracle = open(oracleUrl);
  const env = {
    ...replicas,
    ...environment(seen.join(","), withPort(postgres.url, network.database.port)),
    INGEST_JOBS_BATCH_SIZE: "20",
    INGEST_NODESTATE_BATCH_SIZE: "8",
    ...more,
  };
  const alive = new Set<ServiceProcess>();
  const start: Site["start"] = (name, replica) => {
    const service = startReplica(name, env, replica);
    alive.add(service);
    void service.exit.then(() => alive.delete(service));
    return service;
  };
  const stopAll = async (): Promise<void> => {
    await Promise.all(
      [...alive].map(async (service) => {
        service.kill("SIGCONT");
        service.kill("SIGKILL");
        await service.exit;
      }),
    );
  };
  resources.defer(stopAll);

  const slots: Partial<Record<"a" | "b" | "nodes", ServiceProcess>> = {};
  const serve = (slot: keyof typeof slots): ServiceProcess => {
    const there = slots[slot];
    if (there !== undefined && alive.has(there)) return there;
    return (slots[slot] = start(slot === "nodes" ? "ingest-nodestate" : "ingest-jobs", { changes }));
  };
  const running = async (): Promise<Serving> => {
    const serving: Serving = { jobs: [serve("a"), serve("b")], nodes: serve("nodes") };
    await Promise.all([...serving.jobs, serving.nodes].map((service) => service.ready()));
    return serving;
  };
  const publish: Site["publish"] = (messages) => storeAll(nats, messages);
  const loads: Load[] = [];
  let seed = 0;
  const allDrained = async (): Promise<void> => {
    await Promise.all(NAMES.map((name) => drained(jsm, name)));
  };
  const differences = async (): Promise<Differences> => {
    await runOracle({ jsm, env: { ...environment(urls.join(","), oracleUrl), ...replicas }, batchSize: 1 });
    return compare(await readTables(postgres.url), await readTables(oracleUrl));
  };
  return {
    broker,
    brokers,
    postgres,
    postgresLog: () => readFile(logFile, "utf8"),
    newPath: () => join(directory, randomUUID()),
    network,
    nats,
    jsm,
    db,
    oracle,
    oracleUrl,
    start,
    running,
    stopAll,
    async reset() {
      await stopAll();
      for (const each of [db, oracle])
        await sql`TRUNCATE job, tag, jobtag, parked_stop, dead_letter, node, node_state, node_state_change,
          nodes_per_state_delta`.execute(each);
      // The services would apply again what is gone from the tables.
      for (const stream of ["CC_JOB", "CC_NODE"]) await jsm.streams.purge(stream);
    },
    publish,
    publishOnce: (messages) => storeAll(nats, messages, { once: true }),
    async underLoad() {
      const serving = await running();
      const [service] = serving.jobs;
      const from = service.log.length;
      // Its jobs are none of those that a test publishes itself.
      const load = startLoad(publish, () => LOAD_SEEDS + ++seed);
      loads.push(load);
      await service.logged("batch committed", from);
      return { ...serving, from: service.log.length, load };
    },
    async endLoads() {
      await Promise.all(loads.splice(0).map((load) => load.end()));
    },
    drained: allDrained,
    repeated: () => repeatedDeliveries(jsm, "ingest-jobs"),
    differences,
    async expectWhole() {
      await allDrained();
      expect(await differences()).toEqual(nothingWrong);
    },
  };
}
