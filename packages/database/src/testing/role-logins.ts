import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { useDatabase } from "@cc-ingest/devstack/testing";
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
  const connections: Database[] = [];
  const logins = new Map<Group, { readonly name: string; readonly db: Database }>();
  let admin: Database | undefined;
  const open = (url: string): Database => {
    const db = connectDatabase({ url, poolSize: 4, applicationName: "test" });
    connections.push(db);
    return db;
  };
  beforeAll(async () => {
    admin = open(database().url);
    await makeRoles(admin);
    for (const group of groups) {
      const [name, password] = [`test_${randomBytes(6).toString("hex")}`, randomBytes(12).toString("hex")];
      await sql`CREATE ROLE ${sql.id(name)} LOGIN PASSWORD ${sql.lit(password)} IN ROLE ${sql.id(group)}`.execute(
        admin,
      );
      const url = new URL(database().url);
      url.username = name;
      url.password = password;
      logins.set(group, { name, db: open(url.href) });
    }
  });
  afterAll(async () => {
    const [first, ...others] = connections;
    await Promise.all(others.map((db) => db.destroy()));
    if (first === undefined) return;
    for (const { name } of logins.values()) await sql`DROP ROLE ${sql.id(name)}`.execute(first);
    await first.destroy();
  });
  return () => {
    if (admin === undefined) throw new Error("only inside a test");
    const as = (group: Group): Database => {
      const login = logins.get(group);
      if (login === undefined) throw new Error(`no login for ${group}`);
      return login.db;
    };
    return { admin, as };
  };
}
