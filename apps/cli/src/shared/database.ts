import { type Config, redactUrl } from "@cc-ingest/config";
import {
  type ConnectOptions,
  type Database,
  classifyDatabaseError,
  connectDatabase,
  isForbidden,
  isUntrustedServer,
  lacksMigration,
} from "@cc-ingest/database";
import { CliError, messageOf } from "./cli-error.js";
import { exitCodes } from "./exit-codes.js";

/** Runs `work` on the configured database and says in one line what keeps it from working. */
export async function withDatabase<T>(
  { database }: Pick<Config, "database">,
  work: (db: Database) => Promise<T>,
  { poolSize = 2, forKeyLookups = false }: Partial<Pick<ConnectOptions, "poolSize" | "forKeyLookups">> = {},
): Promise<T> {
  const db = connectDatabase({ url: database.url, poolSize, applicationName: "ccingest", forKeyLookups });
  try {
    return await work(db);
  } catch (cause) {
    throw describe(cause, redactUrl(database.url));
  } finally {
    await db.destroy();
  }
}

function describe(cause: unknown, address: string): unknown {
  if (classifyDatabaseError(cause) === "transient")
    return new CliError(
      exitCodes.failed,
      `the database at ${address} can't be reached: ${messageOf(cause)}. Start it, or set DATABASE_URL`,
      { cause },
    );
  if (isUntrustedServer(cause))
    return new CliError(
      exitCodes.needsPerson,
      `the database at ${address} is not trusted: ${messageOf(cause)}. Check sslmode, sslrootcert and the host name in its URL`,
      { cause },
    );
  if (isForbidden(cause))
    return new CliError(
      exitCodes.needsPerson,
      `the database at ${address} does not let this login do that: ${messageOf(cause)}. To migrate it must be a member ` +
        "of cc_ingest_owner, to look of cc_ingest_reader, for the rest of cc_ingest_service (infra/postgres/roles.sql)",
      { cause },
    );
  if (lacksMigration(cause))
    return new CliError(
      exitCodes.needsPerson,
      `the database at ${address} lacks something: ${messageOf(cause)}. Run "ccingest migrate" as its owner`,
      { cause },
    );
  return cause;
}
