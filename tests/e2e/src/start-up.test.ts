import { freePort, startNatsServer, startPostgres } from "@cc-ingest/devstack";
import { migrateUrl } from "@cc-ingest/database";
import { expect, onTestFinished, test } from "vitest";
import { useStack } from "./testing/stack.js";

const stack = useStack();

test.each(["ingest-jobs", "ingest-nodestate"] as const)(
  "%s without subjects says what to set and exits with 2",
  async (name) => {
    const service = stack().start(name, { SUBJECT_JOB_EVENT: "", SUBJECT_NODE_STATE: "" });
    expect(await service.exit).toBe(2);
    const output = service.stderr.join("\n");
    expect(output).toContain("main.api-subjects.subject-job-event");
    expect(output).toContain("main.api-subjects.subject-node-state");
    expect(output).not.toMatch(/^\s+at /m);
  },
);

test("without a broker a service waits, says so and is not ready; it starts when the broker does", async () => {
  const { port } = await freePort();
  const service = stack().start("ingest-jobs", { NATS_URL: `nats://127.0.0.1:${port}` });
  await service.logged("the broker does not answer");
  expect(await service.get("/livez")).toMatchObject({ status: 200 });
  const { status, body } = await service.get("/readyz");
  expect([status, JSON.parse(body)]).toEqual([
    503,
    { status: "unavailable", problems: ["waiting for the broker"] },
  ]);
  await using broker = await startNatsServer({ port });
  await service.ready();
  expect(broker.port).toBe(port);
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);
});

test("without a database a service waits for it, then for its schema, and says both", async () => {
  const { port } = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const service = stack().start("ingest-nodestate", { DATABASE_URL: url });
  await service.logged("the database does not answer");
  expect(await service.get("/readyz")).toMatchObject({ status: 503 });
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);

  const postgres = await startPostgres({ env: {} });
  onTestFinished(() => postgres[Symbol.asyncDispose]());
  const waiting = stack().start("ingest-nodestate", { DATABASE_URL: postgres.url });
  await waiting.logged('run "ccingest migrate"');
  expect(await waiting.get("/readyz")).toMatchObject({ status: 503 });
  await migrateUrl(postgres.url);
  await waiting.ready();
});

test("with provisioning verify and no stream a service says what is missing and exits with 3", async () => {
  await using broker = await startNatsServer();
  const service = stack().start("ingest-jobs", { NATS_URL: broker.url, INGEST_PROVISIONING: "verify" });
  expect(await service.exit).toBe(3);
  expect(service.log.at(-1)?.["msg"]).toContain("no stream covers the subject cc.job.event");
});
