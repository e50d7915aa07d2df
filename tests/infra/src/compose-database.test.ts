import { type Database, connectDatabase, migrateUrl, schemaVersion } from "@cc-ingest/database";
import { type PostgresServer, startPostgres } from "@cc-ingest/devstack";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { read } from "./workspace.js";

// What infra/compose.yaml has Postgres do with an empty volume, and the logins that its other services come with, on a server of this machine.

type ServiceName = "postgres" | "migrate" | "ingest-jobs" | "ingest-nodestate" | "grafana";
interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}

const PASSWORD = "geheim1";
const text = read("infra/compose.yaml").replaceAll(/\$\{CC_INGEST_PASSWORD:[^}]*\}/g, PASSWORD);
const { services } = parse(text, { merge: true }) as { services: Record<ServiceName, Service> };
const { environment, volumes = [] } = services.postgres;

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ env: {} });
  const url = await server.createDatabase(environment["POSTGRES_DB"] ?? "");
  const scripts = volumes
    .map((volume) => volume.split(":"))
    .filter(([, place]) => place?.startsWith("/docker-entrypoint-initdb.d/"))
    .toSorted(([, a = ""], [, b = ""]) => (a < b ? -1 : 1));
  await using admin = connectDatabase({ url, poolSize: 1, applicationName: "test" });
  for (const [source = ""] of scripts)
    await sql.raw(asPsql(read(`infra/${source}`), environment)).execute(admin);
});
afterAll(() => server[Symbol.asyncDispose]());

/** What psql does with the two things of its own that the scripts use: \getenv name VARIABLE, and :'name'. */
function asPsql(script: string, env: Readonly<Record<string, string>>): string {
  const values = new Map<string, string>();
  return script
    .replaceAll(/^\\getenv (\w+) (\w+)$/gm, (_, name: string, variable: string) => {
      values.set(name, env[variable] ?? "");
      return "";
    })
    .replaceAll(/:'(\w+)'/g, (_, name: string) => `'${values.get(name)?.replaceAll("'", "''")}'`);
}

/** As a service of the file connects, but to this server. */
function urlOf(name: Exclude<ServiceName, "postgres">): string {
  const given = services[name].environment;
  const [user, password, database] = ["USER", "PASSWORD", "DATABASE"].map(
    (what) => given[`CC_INGEST_POSTGRES_${what}`],
  );
  const url = new URL(given["DATABASE_URL"] ?? `postgres://${user}:${password}@postgres/${database}`);
  return Object.assign(url, { host: `127.0.0.1:${server.port}` }).href;
}

const as = (name: Exclude<ServiceName, "postgres">): Database =>
  connectDatabase({ url: urlOf(name), poolSize: 1, applicationName: "test" });

const tag = (name: string) => ({ tag_type: "written by", tag_name: name, tag_scope: "global" });

test("what migrates makes the schema, the services find it and write, Grafana reads and does not write", async () => {
  await migrateUrl(urlOf("migrate"));
  for (const name of ["ingest-jobs", "ingest-nodestate"] as const) {
    await using service = as(name);
    expect(await schemaVersion(service)).toBe("current");
    await service.insertInto("tag").values(tag(name)).execute();
    await expect(sql`DROP TABLE tag`.execute(service)).rejects.toMatchObject({ code: "42501" });
  }
  await using grafana = as("grafana");
  expect(await grafana.selectFrom("tag").select("tag_name").orderBy("id").execute()).toEqual([
    { tag_name: "ingest-jobs" },
    { tag_name: "ingest-nodestate" },
  ]);
  await expect(grafana.insertInto("tag").values(tag("grafana")).execute()).rejects.toMatchObject({
    code: "42501",
  });
});

test("what dashboards ask is not compiled", async () => {
  await using db = as("grafana");
  const { rows } = await sql<{ settings: string[] }>`SELECT rolconfig AS settings FROM pg_roles
    WHERE rolname = current_user`.execute(db);
  expect(rows).toEqual([{ settings: ["jit=off"] }]);
});

test("no login is let in with another password", async () => {
  for (const name of ["migrate", "ingest-jobs", "grafana"] as const) {
    const url = Object.assign(new URL(urlOf(name)), { password: "geheim2" }).href;
    await using db = connectDatabase({ url, poolSize: 1, applicationName: "test" });
    await expect(sql`SELECT 1`.execute(db)).rejects.toMatchObject({ code: "28P01" });
  }
});
