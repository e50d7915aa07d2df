import { expect, test, vi } from "vitest";
import { openRunbook } from "../testing/runbook.js";
import { until } from "../testing/service-process.js";
import { takeSnapshot } from "../testing/snapshot.js";
import { useStack } from "../testing/stack.js";
import { contentOf } from "../testing/tables.js";
import { send, traffic } from "../testing/traffic.js";

const stack = useStack();

test("restore", async () => {
  const { running, drained, env, db, adminUrl } = stack();
  await running("ingest-jobs");
  await running("ingest-nodestate");
  await send(stack(), traffic({ jobs: 50, seed: 21 }));
  await drained("ingest-jobs");
  const snapshot = await takeSnapshot(adminUrl);
  await send(stack(), traffic({ jobs: 50, seed: 22 }));
  await drained("ingest-jobs");
  await drained("ingest-nodestate");
  const before = await contentOf(db);
  await snapshot.restore();
  const runbook = openRunbook("restore", { ...env, DATABASE_URL: adminUrl });
  await runbook.next();
  await vi.waitFor(async () => expect(await contentOf(db)).toEqual(before), until);
  expect(await runbook.next()).toMatch(/CC_JOB 1–[^]*CC_NODE 1–/);
  expect(await contentOf(db)).toEqual(before);
  expect(await runbook.next()).toContain("; 0 events applied");
  runbook.finished();
});
