import { writeFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { impatient } from "./changes/impatient.ts";
import { blockAt, killAt, points } from "./changes/points.ts";
import { drained as drainedOf } from "./verdict/drained.ts";
import { traffic } from "./site/traffic.ts";
import { useSite } from "./site/use-site.ts";
import { until } from "./until.ts";

const site = useSite({ changes: impatient });
let seed = 0;
const messages = (jobs = 100) => traffic(jobs, ++seed);
const DAY_MS = 86_400_000;

test(`SIGKILL when a batch is ${points.join(", ")}: what comes again is applied once`, async () => {
  const { start, stopAll, publish, running, repeated, expectWhole } = site();
  await stopAll();
  await publish(messages(200));
  const before = await repeated();
  // Small bites, so that there is something for each.
  const env = { INGEST_JOBS_BATCH_SIZE: "3", JOB_CONCURRENCY: "1" };
  const dying = points.map((point) => start("ingest-jobs", { env, changes: [killAt(point)] }));
  expect(await Promise.all(dying.map(({ exit }) => exit))).toEqual(points.map(() => "SIGKILL"));
  await running();
  await expectWhole();
  // Of each but the last, whose acknowledgement may have been under way.
  expect((await repeated()) - before).toBeGreaterThanOrEqual(points.length - 1);
});

test("SIGKILL under load, again and again", async () => {
  const { running, publish, repeated, expectWhole } = site();
  const before = await repeated();
  const publishing: Promise<void>[] = [];
  for (let kill = 0; kill < 4; kill++) {
    const { jobs } = await running();
    const marks = jobs.map((service) => ({ service, from: service.log.length }));
    publishing.push(publish(messages(60)));
    // In the middle of its work.
    const working = await Promise.any(
      marks.map(async ({ service, from }) => {
        await service.logged("batch committed", from);
        return service;
      }),
    );
    working.kill("SIGKILL");
    expect(await working.exit).toBe("SIGKILL");
  }
  await Promise.all(publishing);
  await running();
  await expectWhole();
  expect(await repeated()).toBeGreaterThan(before);
});

test("SIGTERM under load: batches in flight are committed, the rest goes back at once, exit code 0", async () => {
  const { start, stopAll, running, publish, jsm, expectWhole } = site();
  await stopAll();
  await publish(messages(300));
  const service = start("ingest-jobs");
  await service.logged("batch committed");
  service.kill("SIGTERM");
  await service.logged("stopping");
  expect(await service.exit).toBe(0);
  const { num_pending, num_ack_pending, num_redelivered } = await jsm.consumers.info("CC_JOB", "ingest-jobs");
  expect(num_pending + num_ack_pending + num_redelivered).toBeGreaterThan(0);
  await running();
  await expectWhole();
});

test("a process is frozen longer than the broker waits: another takes over, and the late one changes nothing", async () => {
  const { running, publish, jsm, repeated, expectWhole } = site();
  const { jobs } = await running();
  const [frozen, other] = jobs;
  const before = await repeated();
  const from = frozen.log.length;
  const publishing = publish(messages(300));
  await frozen.logged("batch committed", from);
  frozen.kill("SIGSTOP");
  await publishing;
  // What it holds goes to the other one. Row locks it holds are let go when the server gives up its transaction.
  await vi.waitFor(async () => expect(await repeated()).toBeGreaterThan(before), until);
  await drainedOf(jsm, "ingest-jobs");
  frozen.kill("SIGCONT");
  await Promise.all([frozen.ready(), other.ready()]);
  await expectWhole();
});

test.each(["fetched", "settled"] as const)(
  "the event loop is blocked when a batch is %s: the same",
  async (point) => {
    const { start, stopAll, running, publish, newPath, jsm, repeated, expectWhole } = site();
    await stopAll();
    await publish(messages());
    const before = await repeated();
    const go = newPath();
    const blocked = start("ingest-jobs", { changes: [...impatient, blockAt(point, go)] });
    await vi.waitFor(async () => {
      const { num_ack_pending } = await jsm.consumers.info("CC_JOB", "ingest-jobs");
      expect(num_ack_pending).toBeGreaterThan(0);
    }, until);
    await running();
    await drainedOf(jsm, "ingest-jobs");
    expect(await repeated()).toBeGreaterThan(before);
    await writeFile(go, "");
    await blocked.ready();
    await expectWhole();
  },
);

test.each([
  ["ahead", DAY_MS],
  ["behind", -DAY_MS],
])("the clock of every process is a day %s: no stored state changes", async (_, clockOffsetMs) => {
  const { start, stopAll, publish, expectWhole } = site();
  await stopAll();
  await publish(messages());
  const services = [start("ingest-jobs", { clockOffsetMs }), start("ingest-nodestate", { clockOffsetMs })];
  await expectWhole();
  for (const service of services) {
    const { time } = await service.logged("started");
    const off = Date.parse(String(time)) - Date.now();
    expect(Math.round(off / DAY_MS)).toBe(Math.sign(clockOffsetMs));
  }
});
