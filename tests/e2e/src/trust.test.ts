import { type NatsConnection, connect } from "@nats-io/transport-node";
import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { ccingest } from "./testing/ccingest.js";
import { definitionsOf, nodesLine, startLine, stopLine } from "./testing/fixtures.js";
import { JOBS, NODES, type Place, useStack } from "./testing/stack.js";

const PASSWORD = "secret-of-producers";

/** A user that may publish there, and nothing else. */
const producer = (name: string, ...subjects: string[]) =>
  `{ user: ${name}, password: ${PASSWORD}, permissions: { publish: { allow: ${JSON.stringify(subjects)} }, subscribe: { deny: ">" } } }`;

const stack = useStack({
  extraConfig: `authorization { users: [
    { user: admin, password: secret-of-admin }
    ${producer("alpha", `${JOBS}.alpha`, `${NODES}.alpha`)}
    ${producer("site_a", "a.>")}
    ${producer("site_b", "b.>")}
  ] }`,
});
const T = 1_760_000_000;
const perCluster = { SUBJECT_JOB_EVENT: `${JOBS}.*`, SUBJECT_NODE_STATE: `${NODES}.*` };

beforeEach(async () => {
  await sql`TRUNCATE job, tag, jobtag, parked_stop, node, node_state, dead_letter, dead_letter_action`.execute(
    stack().db,
  );
});

function connectAs(user: string): Promise<NatsConnection> {
  return connect({ servers: stack().broker.url, user, pass: PASSWORD });
}

/** Publishes as most producers do, as a user that may do no more. */
function publishAs(user: string, args: readonly string[], input: string) {
  const url = stack().broker.url.replace("nats://", `nats://${user}:${PASSWORD}@`);
  return ccingest(["publish", "-", "--core", ...args], { NATS_URL: url, ...perCluster }, input);
}

const jobs = async () =>
  (
    await stack()
      .db.selectFrom("job")
      .select(["job_id", "cluster", "job_state"])
      .orderBy("job_id")
      .orderBy("cluster")
      .execute()
  ).map(({ job_id, cluster, job_state }) => `${job_id} ${cluster} ${job_state}`);
const letters = async () =>
  (
    await stack()
      .db.selectFrom("dead_letter")
      .select(["reason", "subject", "raw"])
      .orderBy("stream")
      .orderBy("stream_sequence")
      .execute()
  ).map(({ reason, subject, raw }) => [reason, subject, raw.toString()]);

test("a producer speaks for its own cluster: the broker keeps it to its subject, and its lines are held against that", async () => {
  const { running, publish, drained, env } = stack();
  const services = [await running("ingest-jobs", perCluster), await running("ingest-nodestate", perCluster)];
  const alpha = { cluster: "alpha" };
  // By name the first: of two clusters' jobs a stop that names none would stop this one's.
  await publish(`${JOBS}.able`, startLine(1, T, { cluster: "able" }));

  const own = `${startLine(1, T, alpha)}\n${startLine(2, T, alpha)}\n`;
  expect(await publishAs("alpha", [], own)).toMatchObject({ code: 0, stderr: "" });
  const forbidden = await publishAs("alpha", [], stopLine(1, T + 60, { cluster: "able" }));
  expect(forbidden).toMatchObject({
    code: 3,
    stderr: `error: the broker does not let this user publish to ${JOBS}.able\n`,
  });

  const foreignStop = stopLine(1, T + 60, { cluster: "able" });
  const foreignNodes = nodesLine(T, ["n1"]).replace("fritz", "able");
  const stopOfNobody = stopLine(1, T + 60, { cluster: undefined });
  const to = (subject: string, ...lines: string[]) =>
    publishAs("alpha", ["--message-per-file", "--subject", subject], lines.join("\n"));
  await to(`${JOBS}.alpha`, foreignStop, stopOfNobody);
  await to(`${NODES}.alpha`, foreignNodes, nodesLine(T, ["n2"]).replace("fritz", "alpha"));
  await drained("ingest-jobs");
  await drained("ingest-nodestate");

  const expected = ["1 able running", "1 alpha completed", "2 alpha running"];
  const refused = [
    ["cluster_mismatch", `${JOBS}.alpha`, foreignStop],
    ["cluster_mismatch", `${NODES}.alpha`, foreignNodes],
  ];
  expect(await jobs()).toEqual(expected);
  expect(await letters()).toEqual(refused);
  const nodes = await stack().db.selectFrom("node").select(["cluster", "hostname"]).execute();
  expect(nodes).toEqual([{ cluster: "alpha", hostname: "n2" }]);

  const everything = { ...env, ...perCluster };
  const refusedAgain = await ccingest(["dead-letters", "replay", "--all"], everything);
  expect(refusedAgain).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/refused again: 2\n( +\d+ +cluster_mismatch .*\n){2}/),
  });
  expect(await jobs()).toEqual(expected);

  for (const service of services) service.kill("SIGTERM");
  for (const service of services) expect(await service.exit).toBe(0);
  await sql`TRUNCATE job, tag, jobtag, parked_stop, node, node_state, dead_letter`.execute(stack().db);
  for (const stream of ["CC_JOB", "CC_NODE"])
    expect(await ccingest(["replay", "--stream", stream, "--from", "1"], everything)).toMatchObject({
      code: 0,
    });
  expect(await jobs()).toEqual(expected);
  expect(await letters()).toEqual(refused);
});

test("a subject that no cluster can have makes dead letters of its stops, and the service goes on", async () => {
  const { running, nats, publish, drained } = stack();
  await running("ingest-jobs", perCluster);
  // As many as would pass for a fault of the service, did they reach the database.
  for (const cluster of ["x".repeat(600), "\u0000", "a\u0000b"])
    for (let jobId = 1; jobId <= 10; jobId++)
      nats.publish(`${JOBS}.${cluster}`, stopLine(jobId, T, { cluster: undefined }));
  await nats.flush();
  await publish(`${JOBS}.alpha`, startLine(1, T, { cluster: "alpha" }));
  await drained("ingest-jobs");
  expect(await jobs()).toEqual(["1 alpha running"]);
  const reasons = (await letters()).map(([reason]) => reason);
  expect(reasons).toEqual(Array.from({ length: 30 }, () => "cluster_mismatch"));
});

test("ccingest provisions and shows subjects with the cluster in them", async () => {
  const { env, jsm, running } = stack();
  const everything = { ...env, ...perCluster };
  expect(await ccingest(["provision"], everything)).toMatchObject({ code: 0 });
  await running("ingest-jobs", perCluster);
  const { config } = await jsm.consumers.info("CC_JOB", "ingest-jobs");
  expect(config.filter_subject).toBe(`${JOBS}.*`);
  const { code, stdout } = await ccingest(["status", "--json"], everything);
  const { broker } = JSON.parse(stdout) as { broker: { streams: object[] } };
  expect(code).toBe(0);
  expect(broker.streams).toMatchObject([
    { subject: `${JOBS}.*`, stream: "CC_JOB", durable: "ingest-jobs" },
    { subject: `${NODES}.*`, stream: "CC_NODE", durable: "ingest-nodestate" },
  ]);
});

/** A trust domain: subjects, streams, durables and clusters of its own. */
function domain(letter: string, cluster: string) {
  const place: Place = { stream: `JOBS_${letter.toUpperCase()}`, durable: `jobs-${letter}` };
  const env = {
    SUBJECT_JOB_EVENT: `${letter}.job.event.*`,
    SUBJECT_NODE_STATE: `${letter}.node.state.*`,
    INGEST_JOBS_STREAM: place.stream,
    INGEST_JOBS_DURABLE: place.durable,
    ...definitionsOf(cluster),
  };
  return { place, env };
}

test("two trust domains share a database: whatever one may publish, the jobs of the other stay as they are", async () => {
  const { running, drained, jsm } = stack();
  const a = domain("a", "alex");
  const b = domain("b", "fritz");
  await running("ingest-jobs", a.env);
  await running("ingest-jobs", b.env);
  const [fromA, fromB] = [await connectAs("site_a"), await connectAs("site_b")];
  const onAlex = { cluster: "alex", resources: [{ hostname: "a0101" }] };
  const onFritz = { cluster: "fritz", resources: [{ hostname: "f0101" }] };
  const nobody = { cluster: undefined };
  fromA.publish("a.job.event.alex", `${startLine(1, T, onAlex)}\n${startLine(2, T, onAlex)}`);
  fromB.publish("b.job.event.fritz", `${startLine(1, T, onFritz)}\n${startLine(2, T, onFritz)}`);
  await Promise.all([fromA.flush(), fromB.flush()]);
  await Promise.all([drained("ingest-jobs", a.place), drained("ingest-jobs", b.place)]);
  const before = ["1 alex running", "1 fritz running", "2 alex running", "2 fritz running"];
  expect(await jobs()).toEqual(before);

  const attempts = [
    // As the cluster of the other domain, on the own cluster's subject.
    ["cluster_mismatch", "a.job.event.alex", stopLine(1, T + 60, { cluster: "fritz" })],
    ["cluster_mismatch", "a.job.event.alex", startLine(9, T, onFritz)],
    // On a subject of the own domain that names the other's cluster.
    ["unknown_cluster", "a.job.event.fritz", stopLine(1, T + 60, { cluster: "fritz" })],
    ["unknown_cluster", "a.job.event.fritz", stopLine(1, T + 60, nobody)],
    ["unknown_cluster", "a.job.event.fritz", startLine(9, T, onFritz)],
  ] as const;
  for (const [, subject, line] of attempts) fromA.publish(subject, line);
  // The broker refuses the other domain's subjects.
  fromA.publish("b.job.event.fritz", stopLine(1, T + 60, nobody));
  fromA.publish("a.job.event.alex", stopLine(1, T + 60, nobody));
  fromB.publish("b.job.event.fritz", stopLine(2, T + 60, nobody));
  await Promise.all([fromA.flush(), fromB.flush()]);
  await Promise.all([drained("ingest-jobs", a.place), drained("ingest-jobs", b.place)]);
  expect(await jobs()).toEqual([
    "1 alex completed",
    "1 fritz running",
    "2 alex running",
    "2 fritz completed",
  ]);
  expect(await letters()).toEqual(attempts);
  expect((await jsm.streams.info("JOBS_B")).state.messages).toBe(2);
  const parked = await stack().db.selectFrom("parked_stop").selectAll().execute();
  expect(parked).toEqual([]);
  await Promise.all([fromA.close(), fromB.close()]);
});
