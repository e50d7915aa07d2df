import { Authority } from "@cc-ingest/access/authority";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNatsServer } from "@cc-ingest/devstack";
import { expect, onTestFinished, test, vi } from "vitest";
import { until } from "./testing/service-process.js";
import { useStack } from "./testing/stack.js";

const stack = useStack();

async function credentialsFile(content: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "cc-ingest-auth-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "service.creds");
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

test.each(["ingest-jobs", "ingest-nodestate"] as const)(
  "%s with a wrong password says who refuses what, never the secret, and exits with 4",
  async (name) => {
    await using broker = await startNatsServer({
      authorization: "authorization { user: cc, password: right-secret }",
    });
    const service = stack().start(name, {
      NATS_URL: broker.url,
      NATS_USERNAME: "cc",
      NATS_PASSWORD: "wrong-secret",
    });
    await service.logged("the broker refuses; trying again");
    expect(await service.get("/livez")).toMatchObject({ status: 200 });
    expect(await service.get("/readyz")).toMatchObject({
      status: 503,
      body: expect.stringContaining(`the broker at ${broker.url} refuses the user name and password`),
    });
    expect(await service.exit).toBe(4);
    expect(service.log.at(-1)).toMatchObject({
      msg: `the broker at ${broker.url} refuses the user name and password (authorization violation): wrong, expired or revoked, the broker's log tells which; renew it`,
    });
    const output = [...service.log.map((line) => JSON.stringify(line)), ...service.stderr].join("\n");
    expect(output).not.toContain("wrong-secret");
    expect(output).not.toMatch(/"stack"|\bat .*\.js:\d/);
  },
);

test("a service whose credentials are revoked stays, is not ready and says why; a rotated file mends it", async () => {
  const authority = await Authority.create();
  const old = await authority.addUser("old");
  const path = await credentialsFile(old.creds);
  await using broker = await startNatsServer({ authorization: "", extraConfig: authority.serverConfig });
  const service = await stack().running("ingest-jobs", { NATS_URL: broker.url, NATS_CREDS_FILE: path });

  await authority.revoke(old);
  await broker.reload(authority.serverConfig);
  const refused = `the broker at ${broker.url} refuses the credentials file ${path}`;
  expect(await service.logged("the broker refuses")).toMatchObject({
    reason: expect.stringContaining(refused),
  });
  await vi.waitFor(async () => {
    const { status, body } = await service.get("/readyz");
    const { problems } = JSON.parse(body) as { problems: string[] };
    expect([status, problems]).toEqual([
      503,
      expect.arrayContaining(["the broker is not connected", expect.stringContaining(refused)]),
    ]);
  }, until);
  expect(await service.get("/livez")).toMatchObject({ status: 200 });

  await writeFile(path, (await authority.addUser("new")).creds);
  await service.ready();
  await service.logged("connected to the broker again");
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);
  const output = service.log.map((line) => JSON.stringify(line)).join("\n");
  for (const secret of old.creds.split("\n").filter((line) => /^(SU|eyJ)/.test(line)))
    expect(output).not.toContain(secret);
});
