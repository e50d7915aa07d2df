import { readLetters } from "@cc-ingest/database";
import { expect, test } from "vitest";
import type { Input } from "../decode-batch.js";
import { deliveryOf } from "../testing/delivery.js";
import { useStage } from "../testing/replay-stage.js";

const stage = useStage();
const JOBS = "ingest-jobs";
const NODES = "ingest-nodestate";
const T = 1_760_000_000;
const env = { SUBJECT_JOB_EVENT: "cc.job.event.*", SUBJECT_NODE_STATE: "cc.node.state.*" };

const escaped = (event: object) => JSON.stringify(event).replaceAll(/[\\"]/g, "\\$&");
const startLine = (jobId: number, cluster: string) =>
  `job,function=start_job event="${escaped({ cluster, user: "u", numNodes: 1, resources: [{ hostname: "n1" }], jobId, startTime: T })}"`;
const stopLine = (jobId: number, cluster?: string) =>
  `job,function=stop_job event="${escaped({ cluster, jobId, stopTime: T + 60 })}"`;
const nodesLine = (cluster: string, hostname: string) =>
  `nodestate event="${escaped({ cluster, nodes: [{ hostname, states: ["idle"] }] })}"`;

let sequence = 1;
const message = (subject: string, ...lines: string[]): Input =>
  deliveryOf(lines.join("\n"), { subject, sequence: sequence++ });
const serve = (service: string, ...inputs: Input[]) => stage().serve(service, inputs, false, env);
const jobs = () =>
  stage()
    .db.selectFrom("job")
    .select(["job_id", "cluster", "job_state"])
    .orderBy("job_id")
    .orderBy("cluster")
    .execute();
const letters = () =>
  stage()
    .db.selectFrom("dead_letter")
    .select(["id", "reason", "status", "raw", "subject", "cluster", "line_number"])
    .orderBy("id")
    .execute();

async function replayEdited(text: string) {
  const { db, replayer } = stage();
  const [letter] = await readLetters(db, [(await letters())[0]?.id ?? 0n]);
  if (letter === undefined) throw new Error("no dead letter");
  return await replayer({}, env).replay([{ letter, edited: new TextEncoder().encode(text) }]);
}

test("a line of another cluster is kept as a dead letter, byte for byte, and the others of its message are applied", async () => {
  await serve(
    JOBS,
    message("cc.job.event.alpha", startLine(1, "alpha"), startLine(2, "beta"), startLine(3, "alpha")),
  );
  await serve(NODES, message("cc.node.state.alpha", nodesLine("beta", "n2"), nodesLine("alpha", "n1")));
  expect(await jobs()).toMatchObject([
    { job_id: 1n, cluster: "alpha" },
    { job_id: 3n, cluster: "alpha" },
  ]);
  const nodes = await stage().db.selectFrom("node").select(["cluster", "hostname"]).execute();
  expect(nodes).toEqual([{ cluster: "alpha", hostname: "n1" }]);
  expect(await letters()).toMatchObject([
    {
      reason: "cluster_mismatch",
      subject: "cc.job.event.alpha",
      cluster: "beta",
      line_number: 2,
      raw: Buffer.from(startLine(2, "beta")),
    },
    {
      reason: "cluster_mismatch",
      subject: "cc.node.state.alpha",
      cluster: "beta",
      line_number: 1,
      raw: Buffer.from(nodesLine("beta", "n2")),
    },
  ]);
});

test("a stop without a cluster stops the job of its subject's cluster, in whatever order they come", async () => {
  await serve(JOBS, message("cc.job.event.beta", stopLine(2)));
  await serve(
    JOBS,
    message("cc.job.event.alpha", startLine(1, "alpha"), startLine(2, "alpha")),
    message("cc.job.event.beta", startLine(1, "beta"), startLine(2, "beta")),
  );
  await serve(JOBS, message("cc.job.event.beta", stopLine(1)));
  expect(await jobs()).toEqual([
    { job_id: 1n, cluster: "alpha", job_state: "running" },
    { job_id: 1n, cluster: "beta", job_state: "completed" },
    { job_id: 2n, cluster: "alpha", job_state: "running" },
    { job_id: 2n, cluster: "beta", job_state: "completed" },
  ]);
});

test("replayed, a line is held against the subject it came with: refused again, also when edited to a third cluster", async () => {
  await serve(JOBS, message("cc.job.event.alpha", startLine(1, "beta")));
  const { replayer, replayAll } = stage();
  expect(await replayAll(replayer({}, env))).toMatchObject([
    { outcome: "refused", reason: "cluster_mismatch" },
  ]);
  expect(await replayEdited(startLine(1, "gamma"))).toMatchObject([
    { outcome: "refused", reason: "cluster_mismatch" },
  ]);
  expect(await jobs()).toEqual([]);
  expect(await letters()).toMatchObject([{ status: "open", reason: "cluster_mismatch" }]);
  expect(await replayEdited(startLine(1, "alpha"))).toMatchObject([{ outcome: "applied" }]);
  expect(await jobs()).toMatchObject([{ job_id: 1n, cluster: "alpha" }]);
});

test("a replayed stop without a cluster takes that of the subject it came with", async () => {
  await serve(JOBS, message("cc.job.event.alpha", startLine(1, "alpha")));
  await serve(JOBS, message("cc.job.event.beta", startLine(1, "beta")));
  await serve(JOBS, message("cc.job.event.beta", stopLine(1, "alpha")));
  expect(await replayEdited(stopLine(1))).toMatchObject([{ outcome: "applied" }]);
  expect(await jobs()).toMatchObject([
    { cluster: "alpha", job_state: "running" },
    { cluster: "beta", job_state: "completed" },
  ]);
});

test("a preview says the same as the replay", async () => {
  await serve(JOBS, message("cc.job.event.alpha", startLine(1, "beta")));
  const { db, replayer } = stage();
  const found = await readLetters(db, [(await letters())[0]?.id ?? 0n]);
  const preview = replayer({}, env).preview(found.map((letter) => ({ letter, edited: undefined })));
  expect(preview).toMatchObject([{ outcome: "refused", reason: "cluster_mismatch" }]);
});
