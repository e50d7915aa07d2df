import { readFile } from "node:fs/promises";
import { type Login, createLogin, useDatabase } from "@cc-ingest/devstack/testing";
import { sql } from "kysely";
import { afterAll, beforeAll } from "vitest";
import { type Database, connectDatabase } from "../connection/connect.js";

export const groups = ["cc_ingest_owner", "cc_ingest_service", "cc_ingest_reader"] as const;
export type Group = (typeof groups)[number];

export interface RoleLogins {
  /** An administrator. */
  readonly admin: Database;
  /** A login that is a member of the role and nothing else. */
  readonly as: (group: Group) => Database;
}

const rolesFile = new URL("../../../../infra/postgres/roles.sql", import.meta.url);

export async function makeRoles(admin: Database): Promise<void> {
  await sql.raw(await readFile(rolesFile, "utf8")).execute(admin);
}

/** An empty database of this file's own with the three roles and a login for each; nothing is migrated. */
export function useRoleLogins(): () => RoleLogins {
  const database = useDatabase({ migrate: () => Promise.resolve(), template: "empty" });
  const made: Login[] = [];
  const logins = new Map<Group, Database>();
  let admin: Database | undefined;
  const open = (url: string): Database => connectDatabase({ url, poolSize: 4, applicationName: "test" });
  beforeAll(async () => {
    admin = open(database().url);
    await makeRoles(admin);
    for (const group of groups) {
      const login = await createLogin(database().url, group);
      made.push(login);
      logins.set(group, open(login.url));
    }
  });
  afterAll(async () => {
    for (const db of [...logins.values(), admin]) await db?.destroy();
    for (const { drop } of made) await drop();
  });
  return () => {
    if (admin === undefined) throw new Error("only inside a test");
    const as = (group: Group): Database => {
      const db = logins.get(group);
      if (db === undefined) throw new Error(`no login for ${group}`);
      return db;
    };
    return { admin, as };
  };
}
