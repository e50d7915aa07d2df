import { sql } from "kysely";
import { Migrator } from "kysely/migration";
import { type Database, connectDatabase } from "./connection/connect.js";
import { asOwner } from "./roles/owner.js";
import { migrations, requiredMigration } from "./migrations/index.js";

export interface MigrationReport {
  /** Names of the migrations this call applied, in order; empty when the schema was current. */
  readonly applied: readonly string[];
}

/**
 * Brings the schema up to date. Safe to call from several processes at once: Kysely's migrator takes an advisory lock,
 * and all pending migrations commit together or not at all. Where the database has the three roles, the owner makes the objects and
 * the others get what they may do.
 *
 * @throws the failed migration's own error
 */
export async function migrate(db: Database): Promise<MigrationReport> {
  const provider = { getMigrations: async () => ({ ...migrations }) };
  const { error, results } = await asOwner(db, (owner) =>
    new Migrator({ db: owner, provider }).migrateToLatest(),
  );
  if (error !== undefined) throw error;
  return { applied: (results ?? []).filter((r) => r.status === "Success").map((r) => r.migrationName) };
}

/** As `migrate`, over a connection of its own. */
export async function migrateUrl(url: string): Promise<void> {
  await using db = connectDatabase({ url, poolSize: 1, applicationName: "migrate" });
  await migrate(db);
}

export type SchemaVersion = "current" | "behind";

/**
 * Whether the schema has what this build needs. A newer schema is `current`: migrations expand before they contract. One that this
 * login may not read is behind: the first migration grants what it has made a moment later.
 */
export async function schemaVersion(db: Database): Promise<SchemaVersion> {
  const { rows: tables } = await sql<{ readable: boolean | null }>`
    SELECT has_table_privilege(to_regclass('kysely_migration'), 'SELECT') AS readable`.execute(db);
  if (tables[0]?.readable !== true) return "behind";
  const { rows } = await sql<{ found: boolean }>`
    SELECT EXISTS (SELECT FROM kysely_migration WHERE name = ${requiredMigration}) AS found`.execute(db);
  return rows[0]?.found === true ? "current" : "behind";
}
