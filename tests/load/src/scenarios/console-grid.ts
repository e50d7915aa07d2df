import { setTimeout as delay } from "node:timers/promises";
import { findChromium } from "@cc-ingest/devstack";
import { defaultOptions } from "@cc-ingest/simulation";
import { type Page, chromium } from "playwright-core";
import { drainBacklog } from "../backlog.ts";
import { nodeReports } from "../node-reports.ts";
import { type Finding, median, note } from "../report.ts";
import { startService } from "../service.ts";
import { type LoadStack, nodeFeed, publishAll, startStack } from "../stack.ts";

const NODES = 10_000;
const INTERVAL_SECONDS = 1;
const SECONDS = 10;
const ROUNDS = 3;
const GOAL = 0.95;
/** So that in each report many nodes change. */
const JOBS_PER_SECOND = 20;

/** How many frames of the console's grid come in time while a large cluster changes and somebody scrolls and points at it. */
export async function consoleGrid(): Promise<Finding> {
  await using stack = await startStack();
  await using ingest = await startService(nodeFeed.durable, stack.env);
  await using site = await startService("console", { ...stack.env, INGEST_CONSOLE_HTTP_PORT: "0" });
  const reports = nodeReports({
    nodes: NODES,
    reports: (SECONDS + 1) * ROUNDS + 1,
    intervalSeconds: INTERVAL_SECONDS,
    jobsPerSecond: JOBS_PER_SECOND,
    seed: 1,
  });
  const perReport = NODES / 1_000;
  await drainBacklog(stack, [ingest], reports.splice(0, perReport), nodeFeed);
  const { path, env } = await findChromium();
  const browser = await chromium.launch({
    executablePath: path,
    env: { ...(process.env as Record<string, string>), ...env },
    args: ["--no-sandbox"],
  });
  const shares: number[] = [];
  const slowest: number[] = [];
  const loads: number[] = [];
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      const page = await browser.newPage();
      const begin = performance.now();
      await page.goto(`${site.url}/nodes/${defaultOptions.cluster}`);
      const cells = await page.locator("#grid a").count();
      if (cells !== NODES) throw new Error(`${cells} of ${NODES} nodes are shown`);
      loads.push((performance.now() - begin) / 1_000);
      await page.getByText("live", { exact: true }).waitFor();
      const changes = await changesSeen(page);
      const frames = framesOf(page);
      await Promise.all([
        lookAround(page),
        reportOn(stack, reports.splice(0, (SECONDS + 1) * perReport), perReport),
      ]);
      const gaps = await frames;
      const changed = await changes();
      if (changed === 0) throw new Error("nothing has changed while it was looked at");
      // Sixty a second: what took longer has let others go by.
      shares.push(gaps.length / ((gaps.reduce((sum, gap) => sum + gap, 0) / 1_000) * 60));
      slowest.push(Math.max(...gaps));
      note(
        `console grid ${round}: shown after ${loads.at(-1)?.toFixed(2)} s; ${gaps.length} frames in ${SECONDS} s, ` +
          `slowest ${slowest.at(-1)?.toFixed(0)} ms; ${changed} cells changed`,
      );
      await page.close();
    }
  } finally {
    await browser.close();
  }
  const share = median(shares);
  return {
    what: `frames in time of the console's grid of ${NODES} nodes, while it changes and is scrolled`,
    figure: share.toFixed(2),
    goal: `≥ ${GOAL}`,
    met: share >= GOAL,
    detail: `slowest frames ${slowest.map((ms) => ms.toFixed(0)).join(" ")} ms; shown after ${median(loads).toFixed(2)} s; everything on the same cores`,
  };
}

/** Milliseconds between frames. */
async function framesOf(page: Page): Promise<number[]> {
  return await page.evaluate<number[]>(`new Promise((resolve) => {
    const gaps = [];
    let last;
    const frame = (now) => {
      if (last !== undefined) gaps.push(now - last);
      last = now;
      if (gaps.reduce((sum, gap) => sum + gap, 0) < ${SECONDS * 1_000}) requestAnimationFrame(frame);
      else resolve(gaps);
    };
    requestAnimationFrame(frame);
  })`);
}

/** Counts the cells that change from now on; gives what asks for the count. */
async function changesSeen(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(`window.changed = 0;
    new MutationObserver((records) => { window.changed += records.length; })
      .observe(document.querySelector("#grid"), { subtree: true, attributes: true, attributeFilter: ["aria-label", "class"] })`);
  return () => page.evaluate<number>("window.changed");
}

async function lookAround(page: Page): Promise<void> {
  for (let step = 0; step < SECONDS * 10; step++) {
    await page.mouse.move(100 + ((step * 37) % 900), 150 + ((step * 53) % 400));
    await page.mouse.wheel(0, step % 20 < 10 ? 300 : -300);
    await delay(100);
  }
}

async function reportOn(
  { nats }: LoadStack,
  messages: readonly Uint8Array[],
  perReport: number,
): Promise<void> {
  for (let at = 0; at < messages.length; at += perReport) {
    await publishAll(nats, nodeFeed.subject, messages.slice(at, at + perReport));
    await delay(INTERVAL_SECONDS * 1_000);
  }
}
