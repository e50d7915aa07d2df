import { chmod, chown, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectDatabase } from "@cc-ingest/database";
import { type PostgresServer, startPostgres } from "@cc-ingest/devstack";
import { CertificateAuthority, useTempDirectory } from "@cc-ingest/devstack/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ccingest } from "./testing/ccingest.js";
import { startLine } from "./testing/fixtures.js";
import { until } from "./testing/service-process.js";
import { JOBS, useStack } from "./testing/stack.js";

const stack = useStack();
const directory = useTempDirectory();
let postgres: PostgresServer;

/** A server that takes connections over TCP with TLS and a client certificate only. */
beforeAll(async () => {
  const [authority, another] = await Promise.all([
    CertificateAuthority.create(),
    CertificateAuthority.create(),
  ]);
  const [server, client] = await Promise.all([authority.issue("server"), authority.issue("postgres")]);
  const files = {
    "ca.pem": authority.cert,
    "other-ca.pem": another.cert,
    "client.pem": client.cert,
    "client.key": client.key,
  };
  for (const [name, text] of Object.entries(files))
    await writeFile(join(directory(), name), text, { mode: 0o600 });
  postgres = await startPostgres({ env: {} });
  const data = postgres.dataDir ?? "";
  const { uid, gid } = await stat(data);
  for (const [name, text] of [
    ["server.crt", server.cert],
    ["server.key", server.key],
    ["root.crt", authority.cert],
  ] as const) {
    await writeFile(join(data, name), text);
    await chown(join(data, name), uid, gid);
    await chmod(join(data, name), 0o600);
  }
  await using db = connectDatabase({ url: postgres.url, poolSize: 1, applicationName: "test" });
  await sql`ALTER SYSTEM SET ssl = on`.execute(db);
  await sql`ALTER SYSTEM SET ssl_ca_file = 'root.crt'`.execute(db);
  await writeFile(
    join(data, "pg_hba.conf"),
    "hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n",
  );
  await sql`SELECT pg_reload_conf()`.execute(db);
  await vi.waitFor(async () => {
    await using again = connectDatabase({ url: trusted(), poolSize: 1, applicationName: "test" });
    await sql`SELECT 1`.execute(again);
  }, until);
});
afterAll(() => postgres[Symbol.asyncDispose]());

const file = (name: string): string => join(directory(), name);
function withTls(parameters: Readonly<Record<string, string>>, host = "127.0.0.1"): string {
  const url = new URL(postgres.url);
  url.hostname = host;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
const own = () => ({ sslcert: file("client.pem"), sslkey: file("client.key") });
const trusted = () => withTls({ sslmode: "verify-full", sslrootcert: file("ca.pem"), ...own() });

test("by its URL a service insists on TLS, with a certificate of its own, on every connection", async () => {
  const env = { DATABASE_URL: trusted() };
  expect(await ccingest(["migrate"], { ...stack().env, ...env })).toMatchObject({ code: 0 });
  await stack().running("ingest-jobs", env);
  await stack().publish(JOBS, startLine(1, 1_760_000_000));
  await using db = connectDatabase({ url: trusted(), poolSize: 1, applicationName: "test" });
  await vi.waitFor(
    async () => expect(await db.selectFrom("job").select("id").execute()).toHaveLength(1),
    until,
  );
  const { rows } = await sql<{ ssl: boolean }>`SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
    WHERE application_name = 'ingest-jobs'`.execute(db);
  expect(rows.length).toBeGreaterThan(0);
  expect(new Set(rows.map(({ ssl }) => ssl))).toEqual(new Set([true]));
});

test.each<[string, () => string, RegExp, number]>([
  [
    "another authority",
    () => withTls({ sslmode: "verify-full", sslrootcert: file("other-ca.pem"), ...own() }),
    /is not trusted: .*Check sslmode, sslrootcert/,
    3,
  ],
  [
    "another host name",
    () => withTls({ sslmode: "verify-full", sslrootcert: file("ca.pem"), ...own() }, "127.1"),
    /is not trusted: .*127.1/,
    3,
  ],
  [
    "no certificate of our own",
    () => withTls({ sslmode: "verify-full", sslrootcert: file("ca.pem") }),
    /certificate/,
    1,
  ],
  ["no TLS", () => postgres.url, /no encryption/, 1],
  [
    "a file that is missing",
    () => withTls({ sslmode: "verify-full", sslrootcert: "/no/such/ca.pem" }),
    /DATABASE_URL.*sslrootcert: there is no such file: \/no\/such\/ca\.pem/,
    2,
  ],
])("%s is one line that names the address, never the password", async (_, url, says, exit) => {
  const { code, stderr } = await ccingest(["migrate"], { ...stack().env, DATABASE_URL: url() });
  expect(stderr).toMatch(says);
  expect([
    code,
    stderr
      .trimEnd()
      .split("\n")
      .filter((line) => !line.includes("Warning")).length,
  ]).toEqual([exit, 1]);
  expect(stderr).not.toContain(new URL(url()).password);
});
