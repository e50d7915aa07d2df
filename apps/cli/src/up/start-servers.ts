import { join } from "node:path";
import { type BrokerNames, administrator } from "@cc-ingest/access";
import {
  DevstackError,
  type NatsServer,
  type PostgresServer,
  freePort,
  startNatsServer,
  startPostgres,
} from "@cc-ingest/devstack";
import { mistake } from "../shared/cli-error.js";
import { note } from "../shared/terminal.js";
import { PRODUCER, makeBrokerUsers } from "./broker-users.js";

export interface ServerOptions {
  /** Kept; undefined: temporary. */
  readonly data: string | undefined;
  readonly natsPort: number | undefined;
  readonly postgresPort: number | undefined;
  readonly logDirectory: string;
  readonly names: BrokerNames;
}

export interface Broker {
  readonly natsUrl: string;
  readonly producerUrl: string;
  readonly description: string;
  /** The address for one of its users; undefined where the broker is another's. */
  readonly urlOf: ((user: string) => string) | undefined;
}

/** NATS_URL's broker, or one of our own, which lets nobody in without a password. */
export async function startBroker(options: ServerOptions, resources: AsyncDisposableStack): Promise<Broker> {
  const given = process.env["NATS_URL"];
  if (given !== undefined && given !== "")
    return {
      natsUrl: given,
      producerUrl: given,
      description: "the broker of NATS_URL",
      urlOf: undefined,
    };
  const { jobs, nodestate } = options.names;
  const produced = [jobs, nodestate].flatMap(({ subject }) =>
    subject.endsWith(">") ? [subject] : [subject, `${subject}.>`],
  );
  const users = makeBrokerUsers(options.names, produced);
  const server = await onPort("NATS", 4222, options.natsPort, (port): Promise<NatsServer> =>
    startNatsServer({
      port,
      logFile: join(options.logDirectory, "nats-server.log"),
      authorization: users.authorization,
      ...(options.data === undefined ? {} : { storeDir: join(options.data, "nats") }),
    }),
  );
  resources.use(server);
  return {
    natsUrl: users.url(server.port, administrator),
    producerUrl: users.url(server.port, PRODUCER),
    description: `nats-server ${server.version}`,
    urlOf: (user) => users.url(server.port, user),
  };
}

const DATABASE = "cc_ingest";

/** The address of DATABASE_URL, or of a database on a server of our own. */
export async function startDatabase(
  options: ServerOptions,
  resources: AsyncDisposableStack,
): Promise<{ readonly url: string; readonly description: string }> {
  const server = await onPort("Postgres", 5432, options.postgresPort, (port): Promise<PostgresServer> =>
    startPostgres({
      port,
      logFile: join(options.logDirectory, "postgres.log"),
      ...(options.data === undefined ? {} : { dataDir: join(options.data, "postgres") }),
    }),
  );
  resources.use(server);
  if (server.source === "environment")
    return { url: server.url, description: `PostgreSQL ${server.version} of DATABASE_URL` };
  return { url: await database(server), description: `PostgreSQL ${server.version}` };
}

const DUPLICATE_DATABASE = "42P04";

async function database(server: PostgresServer): Promise<string> {
  try {
    return await server.createDatabase(DATABASE);
  } catch (error) {
    // Kept from an earlier run.
    if (!(error instanceof Error && "code" in error && error.code === DUPLICATE_DATABASE)) throw error;
    const url = new URL(server.url);
    url.pathname = `/${DATABASE}`;
    return url.href;
  }
}

/** On the port asked for, which must then be free; else on the usual one, or where that is taken on any other. */
async function onPort<T extends { readonly port: number }>(
  name: string,
  usual: number,
  asked: number | undefined,
  start: (port: number) => Promise<T>,
): Promise<T> {
  if (asked !== undefined) {
    if ((await freePort(asked)).taken)
      throw mistake(`port ${asked} is taken: choose another for ${name}, or leave it out to get a free one`);
    return await start(asked);
  }
  if (!(await freePort(usual)).taken) {
    try {
      return await start(usual);
    } catch (error) {
      // Someone else was quicker.
      if (!(error instanceof DevstackError && error.code === "port_in_use")) throw error;
    }
  }
  const server = await start(0);
  if (server.port !== usual) note(`port ${usual} is taken: ${name} listens on ${server.port}`);
  return server;
}
