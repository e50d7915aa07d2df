import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Schema } from "./schema.js";

export type Database = Kysely<Schema>;

const INT8 = 20;

/** `bigint` columns are read as bigint: exact over the whole range, unlike pg's default of text. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === INT8 && format !== "binary"
      ? BigInt
      : pg.types.getTypeParser(oid, format as "text")) as typeof pg.types.getTypeParser,
};

export interface ConnectOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  readonly applicationName: string;
  /** Told of an idle connection that broke; the pool replaces it by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** Opens no connection yet: the first query does. Close with `destroy()` or `await using`. */
export function connectDatabase(options: ConnectOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.applicationName,
    connectionTimeoutMillis: 10_000,
    // A silently dead peer must surface as an error: the batch is retried, so a late failure is better than none.
    keepAlive: true,
    query_timeout: 120_000,
    types,
  });
  // Without a listener an idle connection that breaks would end the process.
  pool.on("error", (error) => options.onConnectionLost?.(error));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}
