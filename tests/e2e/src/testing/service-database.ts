import { readFile } from "node:fs/promises";
import { connectDatabase, migrateUrl } from "@cc-ingest/database";
import { type Login, createLogin, useDatabase } from "@cc-ingest/devstack/testing";
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
  let logins: { readonly service: Login; readonly reader: Login } | undefined;
  beforeAll(async () => {
    logins = {
      service: await createLogin(database().url, "cc_ingest_service"),
      reader: await createLogin(database().url, "cc_ingest_reader"),
    };
  });
  afterAll(async () => {
    await logins?.service.drop();
    await logins?.reader.drop();
  });
  return () => {
    if (logins === undefined) throw new Error("only inside a test");
    return { adminUrl: database().url, url: logins.service.url, readerUrl: logins.reader.url };
  };
}

async function migrateWithRoles(url: string): Promise<void> {
  const roles = await readFile(new URL("../../../../infra/postgres/roles.sql", import.meta.url), "utf8");
  await using db = connectDatabase({ url, poolSize: 1, applicationName: "e2e" });
  await sql.raw(roles).execute(db);
  await migrateUrl(url);
}
