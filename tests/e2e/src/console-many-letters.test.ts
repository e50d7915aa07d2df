import type { Page } from "playwright-core";
import { beforeAll, expect, test, vi } from "vitest";
import { violations } from "./console/browser.js";
import { useSite } from "./console/site.js";
import { until } from "./testing/service-process.js";
import { JOBS } from "./testing/stack.js";

const { opened, stage } = useSite();

const MANY = 55;
const REASON = "missing_field_value";
const numbers = (page: Page) => page.getByRole("rowheader").allTextContents();
const withStatus = async (status: "open" | "discarded") =>
  (
    await stage()
      .db.selectFrom("dead_letter")
      .select("id")
      .where("reason", "=", REASON)
      .where("status", "=", status)
      .orderBy("id")
      .execute()
  ).map(({ id }) => String(id));

beforeAll(async () => {
  for (let i = 0; i < MANY; i++) await stage().publish(JOBS, "job,function=stop_job event=");
  await vi.waitUntil(async () => (await withStatus("open")).length === MANY, until);
});

test("dead letters are paged through, the newest first, each once", async () => {
  const page = await opened(`/dead-letters?reason=${REASON}`);
  const seen = await numbers(page);
  expect(seen).toHaveLength(50);
  await page.getByRole("link", { name: "Older" }).click();
  await page.waitForURL(/after=/);
  expect(new URL(page.url()).searchParams.get("reason")).toBe(REASON);
  expect(await page.getByRole("main").textContent()).toContain(`${MANY} fit`);
  seen.push(...(await numbers(page)));
  expect(seen).toEqual((await withStatus("open")).toReversed());
  expect(await page.getByRole("link", { name: "Older" }).count()).toBe(0);
  await page.getByRole("link", { name: "Newest" }).click();
  await page.waitForURL((url) => !url.searchParams.has("after"));
  expect(await numbers(page)).toEqual(seen.slice(0, 50));
});

test("dead letters are filtered by the form, and the address says how", async () => {
  const page = await opened("/dead-letters");
  await page.getByLabel("Reason").selectOption("unknown_cluster");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/reason=unknown_cluster/);
  expect(await numbers(page)).toHaveLength(3);
  await page.getByLabel("Job number").fill("502");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/job=502/);
  const row = page.getByRole("row").nth(1);
  expect([await numbers(page), await row.textContent()]).toEqual([
    [expect.any(String)],
    expect.stringMatching(/unknown_cluster.*alex502CC_JOB/),
  ]);
  await page.getByLabel("Status").selectOption("discarded");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByText("None fits.").waitFor();
  await page.goto("/dead-letters?job=0");
  expect(await page.getByRole("main").textContent()).toContain('job "0" is no job number');
});

test("what is more than one goes through at once is gone on with, until nothing is left", async () => {
  const all = await withStatus("open");
  const page = await opened(`/dead-letters/answer?action=discard&all=yes&reason=${REASON}&limit=53`);
  const main = page.getByRole("main");
  expect(await main.textContent()).toMatch(/53 would be discarded.*2 more fit, which come after these/);
  await page.getByRole("button", { name: "Discard 53" }).click();
  await page.getByText("53 discarded").waitFor();
  expect(await withStatus("discarded")).toEqual(all.slice(0, 53));
  expect(await violations(page)).toEqual([]);
  await page.getByRole("link", { name: "Go on with the next ones" }).click();
  await page.getByText("2 would be discarded").waitFor();
  await page.getByRole("button", { name: "Discard 2" }).click();
  await page.getByText("2 discarded").waitFor();
  expect(await withStatus("discarded")).toEqual(all);
  expect(await page.getByRole("link", { name: "Go on" }).count()).toBe(0);
});
