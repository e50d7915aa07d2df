import { DevstackError, messageOf } from "../errors.js";
import { createDatabase, dropDatabase, serverVersion } from "./databases.js";
import { startOwnPostgres } from "./own-postgres.js";

export interface PostgresOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** The data directory, kept; absent: a temporary one that is removed at the end. */
  readonly dataDir?: string;
  readonly logFile?: string;
  /** Server settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where DATABASE_URL is looked for. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface PostgresServer extends AsyncDisposable {
  /** A superuser's address, of the database `postgres`; with DATABASE_URL, that. */
  readonly url: string;
  readonly port: number;
  /** undefined: a server that this process did not start. */
  readonly dataDir: string | undefined;
  readonly version: string;
  /** Also while it is frozen; always that of DATABASE_URL. */
  readonly running: boolean;
  readonly source: "environment" | "npm";
  /** Answers the new database's address. */
  createDatabase(name: string, options?: { template?: string }): Promise<string>;
  /** Ends what is connected to it; harmless when there is no such database. */
  dropDatabase(name: string): Promise<void>;
  /** Ends connections, writes a checkpoint and waits for the end. */
  stop(): Promise<void>;
  /** Default SIGKILL. Waits for the end, except after SIGSTOP and SIGCONT. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** The same port and the same data. */
  restart(): Promise<void>;
}

/**
 * The server that DATABASE_URL names (nothing is started then, and stop, kill and restart do nothing), else a new one
 * on 127.0.0.1 from the npm package's binaries; it takes connections when this returns.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const address = (options.env ?? process.env)["DATABASE_URL"];
  return address === undefined || address === "" ? startOwnPostgres(options) : useServer(address);
}

async function useServer(address: string): Promise<PostgresServer> {
  const url = URL.parse(address);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new DevstackError(
      "bad_option",
      "DATABASE_URL is not of the form postgres://user:password@host:port/database.",
    );
  }
  let version: string;
  try {
    version = await serverVersion(address);
  } catch (cause) {
    throw new DevstackError(
      "start_failed",
      `The Postgres that DATABASE_URL names (${url.host}) cannot be used: ${messageOf(cause)}. Correct or unset it.`,
      { cause },
    );
  }
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    url: address,
    port: Number(url.port || 5432),
    dataDir: undefined,
    version,
    running: true,
    source: "environment",
    createDatabase: (name, { template } = {}) => createDatabase(address, name, template),
    dropDatabase: (name) => dropDatabase(address, name),
    stop: nothing,
    kill: nothing,
    restart: nothing,
    [Symbol.asyncDispose]: nothing,
  };
}
