import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Schema } from "../schema.js";
import { withPreparedStatements } from "./prepared-statements.js";

export type Database = Kysely<Schema>;

/** `bigint` columns are read as bigint: exact over the whole range, unlike pg's default of text. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, BigInt);

export interface ConnectOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  readonly applicationName: string;
  /** Told of a connection that broke; the pool replaces it by itself, and a query on it fails on its own. */
  readonly onConnectionLost?: (error: Error) => void;
  /** For services, whose statements all look rows up by key: see `keyLookups`. */
  readonly forKeyLookups?: boolean;
  /** A statement that takes longer is cancelled; default 60. */
  readonly statementTimeoutSeconds?: number;
}

/**
 * What the server ends by itself leaves the connection usable, and lets go of locks: a frozen process must not hold them, nor one
 * that the network has cut off without a word. While it waits for the data of a COPY only the keep-alives tell.
 */
const timeouts = {
  lock_timeout: "20s",
  idle_in_transaction_session_timeout: "60s",
  tcp_keepalives_idle: "30s",
  tcp_keepalives_interval: "10s",
  tcp_keepalives_count: "3",
};

/** A server that is there answers before, if only that the statement took too long. */
const SILENCE_MS = 75_000;

/**
 * A prepared statement is planned for the tables as they were, and the plan is kept while they grow: one made on an empty table
 * reads the whole of it, or of an index, for every batch. So the plan must not depend on the tables: row by row by index,
 * whatever they hold.
 */
const keyLookups = {
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  plan_cache_mode: "force_generic_plan",
  // Such a plan is priced as if it might read everything, and the server would compile it anew for each of a thousand short queries.
  jit: "off",
};

/** How many connections a pool has: `total` of at most `max`, and queries that wait for one. */
export interface PoolFigures {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

const pools = new WeakMap<Database, () => PoolFigures>();

/** @throws TypeError when the database was not opened by `connectDatabase` */
export function readPool(db: Database): () => PoolFigures {
  const figures = pools.get(db);
  if (figures === undefined) throw new TypeError("this database has no pool of its own");
  return figures;
}

/** Opens no connection yet: the first query does. Close with `destroy()` or `await using`. */
export function connectDatabase(options: ConnectOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.applicationName,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types,
  });
  const lost = (error: Error): void => options.onConnectionLost?.(error);
  const statement_timeout = `${options.statementTimeoutSeconds ?? 60}s`;
  const settings = { ...timeouts, statement_timeout, ...(options.forKeyLookups === true ? keyLookups : {}) };
  const set = Object.entries(settings).map(([name, value]) => `SET ${name} = '${value}'`);
  // Without listeners a connection that breaks would end the process: an idle one tells the pool, one in use the client.
  pool.on("error", lost);
  pool.on("connect", (client) => {
    client.on("error", lost);
    // Queued before the first query of whoever gets this connection.
    client.query(set.join("; ")).catch(lost);
  });
  const db = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: withPreparedStatements(pool, SILENCE_MS) }),
  });
  pools.set(db, () => ({
    total: pool.totalCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
    max: options.poolSize,
  }));
  return db;
}
