import { readFileSync } from "node:fs";
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
  /** What a service needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly brokerPid: number;
  readonly postgresPid: number;
}

/** What a service consumes: it is named as its durable consumer. */
export interface Feed {
  readonly subject: string;
  readonly stream: string;
  readonly durable: string;
}

export const jobFeed: Feed = { subject: "cc.job.event", stream: "CC_JOB", durable: "ingest-jobs" };
export const nodeFeed: Feed = { subject: "cc.node.state", stream: "CC_NODE", durable: "ingest-nodestate" };

/** `commitTimes`: Postgres records when each transaction committed. */
export async function startStack({ commitTimes = false } = {}): Promise<LoadStack> {
  const stack = new AsyncDisposableStack();
  try {
    const broker: NatsServer = stack.use(await startNatsServer());
    const postgres: PostgresServer = stack.use(
      await startPostgres({
        env: {},
        settings: { track_commit_timestamp: commitTimes ? "on" : "off" },
      }),
    );
    const db = connectDatabase({ url: postgres.url, poolSize: 2, applicationName: "load" });
    stack.defer(() => db.destroy());
    await migrate(db);
    const nats = await connect({ servers: broker.url });
    stack.defer(() => nats.close());
    return {
      nats,
      jsm: await jetstreamManager(nats),
      db,
      databaseUrl: postgres.url,
      env: {
        NATS_URL: broker.url,
        DATABASE_URL: postgres.url,
        SUBJECT_JOB_EVENT: jobFeed.subject,
        SUBJECT_NODE_STATE: nodeFeed.subject,
      },
      brokerPid: broker.pid,
      postgresPid: Number(readFileSync(`${postgres.dataDir}/postmaster.pid`, "utf8").split("\n")[0]),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Publishes with acknowledgements, a thousand outstanding. */
export async function publishAll(
  nats: NatsConnection,
  subject: string,
  messages: Iterable<Uint8Array>,
): Promise<void> {
  const js = jetstream(nats);
  let outstanding: Promise<unknown>[] = [];
  for (const bytes of messages) {
    outstanding.push(js.publish(subject, bytes));
    if (outstanding.length === 1_000) {
      await Promise.all(outstanding);
      outstanding = [];
    }
  }
  await Promise.all(outstanding);
}
