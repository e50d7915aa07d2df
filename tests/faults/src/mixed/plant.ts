import { type Database, connectDatabase, migrateUrl } from "@cc-ingest/database";
import { type NatsServer, type PostgresServer, startNatsCluster, startPostgres } from "@cc-ingest/devstack";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { type NatsConnection, connect } from "@nats-io/transport-node";
import { NAMES } from "../site/replica.ts";
import { Slot } from "./slot.ts";

/** Everything that runs: three brokers, a Postgres, two replicas of each service, each replica with a network of its own. */
export interface Plant extends AsyncDisposable {
  readonly brokers: readonly NatsServer[];
  readonly postgres: PostgresServer;
  readonly slots: readonly Slot[];
  /** Connections that no fault of the network meets. */
  readonly nats: NatsConnection;
  readonly jsm: JetStreamManager;
  readonly db: Database;
  /** Where the oracle's rows go. */
  readonly oracleUrl: string;
}

/** `max_connections` is small so that a fault can use them up. */
const SETTINGS = { fsync: "off", full_page_writes: "off", max_connections: "60" };

export async function openPlant(): Promise<Plant> {
  await using resources = new AsyncDisposableStack();
  const { servers: brokers } = resources.use(await startNatsCluster());
  const postgres = resources.use(await startPostgres({ env: {}, settings: SETTINGS }));
  const oracleUrl = await postgres.createDatabase("oracle");
  for (const url of [postgres.url, oracleUrl]) await migrateUrl(url);
  const db = connectDatabase({ url: postgres.url, poolSize: 3, applicationName: "faults" });
  resources.defer(() => db.destroy());
  const nats = await connect({
    servers: brokers.map(({ url }) => url),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    pingInterval: 1_000,
  });
  resources.defer(() => nats.close());
  const jsm = await jetstreamManager(nats, { timeout: 1_000 });
  const slots: Slot[] = [];
  for (const service of NAMES)
    for (const letter of ["a", "b"]) {
      const slot = resources.use(await Slot.open(service, letter, brokers, postgres));
      slots.push(slot);
    }
  await Promise.all(slots.map((slot) => slot.process.ready()));
  const owned = resources.move();
  return {
    brokers,
    postgres,
    slots,
    nats,
    jsm,
    db,
    oracleUrl,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
