import { type Database, connectDatabase, migrate } from "@cc-ingest/database";
import { type NatsServer, type PostgresServer, startNatsServer, startPostgres } from "@cc-ingest/devstack";
import { type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type NatsConnection, connect } from "@nats-io/transport-node";

/** A broker and a migrated Postgres with default durability, for one benchmark. */
export interface LoadStack extends AsyncDisposable {
  readonly nats: NatsConnection;
  readonly jsm: JetStreamManager;
  readonly db: Database;
  readonly databaseUrl: string;
  readonly natsUrl: string;
}

export async function startStack(): Promise<LoadStack> {
  const stack = new AsyncDisposableStack();
  try {
    const broker: NatsServer = stack.use(await startNatsServer());
    const postgres: PostgresServer = stack.use(await startPostgres({ env: {} }));
    const db = connectDatabase({ url: postgres.url, poolSize: 2, applicationName: "load" });
    stack.defer(() => db.destroy());
    await migrate(db);
    const nats = await connect({ servers: broker.url });
    stack.defer(() => nats.close());
    const jsm = await jetstreamManager(nats);
    const urls = { databaseUrl: postgres.url, natsUrl: broker.url };
    return { nats, jsm, db, ...urls, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Publishes with acknowledgements, a thousand outstanding. */
export async function publishAll(
  nats: NatsConnection,
  subject: string,
  messages: readonly Uint8Array[],
): Promise<void> {
  const js = jetstream(nats);
  for (let i = 0; i < messages.length; i += 1_000)
    await Promise.all(messages.slice(i, i + 1_000).map((bytes) => js.publish(subject, bytes)));
}
