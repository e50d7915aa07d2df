import { sql } from "kysely";
import type { Database } from "../connection/connect.js";
import { OWNER, type Privileges, roles } from "./privileges.js";

/**
 * Whether this database has been made ready for the three roles: the owner may create objects in the schema. Where it has not, whoever
 * migrates owns everything, and no role is granted anything.
 */
async function hasRoles(db: Database): Promise<boolean> {
  // Asking for the privilege of a role that does not exist would be an error.
  const { rows } = await sql<{ ready: boolean }>`
    SELECT CASE WHEN to_regrole(${OWNER}) IS NULL THEN false
      ELSE has_schema_privilege(to_regrole(${OWNER}), current_schema(), 'CREATE') END AS ready`.execute(db);
  return rows[0]?.ready === true;
}

/** Runs `work` as the role that owns the schema's objects, where there is one; then each role gets what it may do. */
export async function asOwner<T>(db: Database, work: (db: Database) => Promise<T>): Promise<T> {
  if (!(await hasRoles(db))) return await work(db);
  return await db.connection().execute(async (connection) => {
    await sql`SET ROLE ${sql.id(OWNER)}`.execute(connection);
    try {
      const result = await work(connection);
      await grantAll(connection);
      return result;
    } finally {
      await sql`RESET ROLE`.execute(connection);
    }
  });
}

/** Others that migrate at the same moment wait: two that change one object's privileges would fail. */
const LOCK = "cc-ingest privileges";

async function grantAll(db: Database): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext(${LOCK}))`.execute(trx);
    for (const [role, privileges] of Object.entries(roles))
      for (const statement of statementsFor(role, privileges)) await sql.raw(statement).execute(trx);
  });
}

const tablesOfAll = new Set(Object.values(roles).flatMap(({ tables }) => Object.keys(tables)));

/** What it may no longer do is taken away first. Tables of retired days are not among these: they are granted when they are made. */
function statementsFor(role: string, { tables, functions }: Privileges): string[] {
  return [
    `REVOKE ALL ON ${[...tablesOfAll].join(", ")} FROM ${role}`,
    ...Object.entries(tables).map(([table, list]) => `GRANT ${list.join(", ")} ON ${table} TO ${role}`),
    `GRANT EXECUTE ON FUNCTION ${functions.join(", ")} TO ${role}`,
  ];
}
