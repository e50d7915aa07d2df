import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { connectDatabase, migrateUrl } from "@cc-ingest/database";
import { useDatabase } from "@cc-ingest/devstack/testing";
import { sql } from "kysely";
import { afterAll, beforeAll } from "vitest";

export interface ServiceDatabase {
  /** An administrator's address. */
  readonly adminUrl: string;
  /** The address of a login that may do what a service needs, and owns nothing. */
  readonly url: string;
  /** That of one that may only read. */
  readonly readerUrl: string;
}

/** A migrated database of this file's own with the three roles. */
export function useServiceDatabase(): () => ServiceDatabase {
  const database = useDatabase({ migrate: migrateWithRoles, template: "roles" });
  const service = newLogin("cc_ingest_service");
  const reader = newLogin("cc_ingest_reader");
  beforeAll(async () => {
    for (const { name, password, role } of [service, reader])
      await execute(database().url, `CREATE ROLE ${name} LOGIN PASSWORD '${password}' IN ROLE ${role}`);
  });
  afterAll(() => execute(database().url, `DROP ROLE ${service.name}, ${reader.name}`));
  const urlFor = ({ name, password }: Login): string => {
    const url = new URL(database().url);
    url.username = name;
    url.password = password;
    return url.href;
  };
  return () => ({ adminUrl: database().url, url: urlFor(service), readerUrl: urlFor(reader) });
}

interface Login {
  readonly name: string;
  readonly password: string;
  readonly role: string;
}

function newLogin(role: string): Login {
  return { name: `e2e_${randomBytes(6).toString("hex")}`, password: randomBytes(12).toString("hex"), role };
}

async function migrateWithRoles(url: string): Promise<void> {
  await execute(
    url,
    await readFile(new URL("../../../../infra/postgres/roles.sql", import.meta.url), "utf8"),
  );
  await migrateUrl(url);
}

async function execute(url: string, statement: string): Promise<void> {
  await using db = connectDatabase({ url, poolSize: 1, applicationName: "e2e" });
  await sql.raw(statement).execute(db);
}
