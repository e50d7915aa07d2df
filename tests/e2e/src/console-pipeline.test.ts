import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { NOW, on, useSite } from "./console/site.js";
import { startLine } from "./testing/fixtures.js";
import { JOBS } from "./testing/stack.js";

const { opened, stage } = useSite();
const patience = { timeout: 30_000 };

/** Which charts there are, and whether each draws a line: two values at least. */
async function figures(page: Page): Promise<Record<string, boolean>> {
  const charts = await page.locator("[data-chart]:has(canvas)").all();
  const told = charts.map(async (chart) => [
    await chart.getAttribute("data-chart"),
    Number(await chart.getAttribute("data-points")) >= 2,
  ]);
  return Object.fromEntries(await Promise.all(told)) as Record<string, boolean>;
}

/** Of the jobs' consumer. */
async function backlog(page: Page) {
  const row = page.getByRole("row", { name: /cc\.job\.event/ });
  const cells = await row.getByRole("cell").allTextContents();
  return { waiting: Number(cells[5]) + Number(cells[6]), oldest: cells[8] ?? "" };
}

test("the pipeline is told by charts and tables, as the broker and the replicas say", async () => {
  const page = await opened("/pipeline");
  await expect
    .poll(() => figures(page), patience)
    .toEqual({
      lag: true,
      oldestSeconds: true,
      storedPerSecond: true,
      committedPerSecond: true,
      p50: true,
      p95: true,
    });
  const streams = page.getByRole("region", { name: "Streams and consumers" });
  await streams.getByRole("row", { name: /cc\.node\.state.*CC_NODE.*ingest-nodestate/ }).waitFor();
  const { db, publish } = stage();
  const sequence = await publish(JOBS, startLine(960, NOW, on("f0130")));
  const cells = streams.getByRole("row", { name: /cc\.job\.event/ }).getByRole("cell");
  // Stream, messages, …, pending, unacknowledged, redelivered, the oldest that waits, broker to commit.
  await expect
    .poll(async () => (await cells.allTextContents()).map((text) => text.replaceAll(/[^\w ]/g, "")), {
      timeout: 20_000,
    })
    .toEqual([
      "CC_JOB",
      String(sequence),
      expect.stringMatching(/^\d.*B$/),
      expect.stringMatching(/^\d/),
      "ingestjobs",
      "0",
      "0",
      "0",
      "none waits",
      expect.stringMatching(/^\d+ ?m?s.*95/),
    ]);
  expect(await db.selectFrom("job").select("id").where("job_id", "=", 960n).execute()).toHaveLength(1);
  const replicas = page.getByRole("region", { name: "Replicas" });
  await replicas.getByRole("row", { name: /ingest-jobs.*takes messages/ }).waitFor();
  await replicas.getByRole("row", { name: /ingest-nodestate.*takes messages/ }).waitFor();
});

test("a backlog is told with the age of its oldest message, until it is worked through", async () => {
  const { publish, services } = stage();
  const jobs = services["ingest-jobs"];
  const page = await opened("/pipeline");
  await expect.poll(() => backlog(page), patience).toEqual({ waiting: 0, oldest: "none waits" });
  jobs.kill("SIGSTOP");
  try {
    const before = performance.now();
    for (let id = 961; id <= 963; id++) await publish(JOBS, startLine(id, NOW, on("f0131")));
    await expect
      .poll(() => backlog(page), patience)
      .toEqual({ waiting: 3, oldest: expect.stringMatching(/^([3-9](\.\d)?|\d\d) s$/) });
    const { oldest } = await backlog(page);
    expect(parseFloat(oldest)).toBeLessThanOrEqual((performance.now() - before) / 1_000 + 0.5);
  } finally {
    jobs.kill("SIGCONT");
  }
  await expect.poll(() => backlog(page), patience).toEqual({ waiting: 0, oldest: "none waits" });
});
