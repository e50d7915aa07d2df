import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { violations } from "./console/browser.js";
import { NOW, useSite } from "./console/site.js";
import { nodesLine } from "./testing/fixtures.js";
import { NODES } from "./testing/stack.js";

const { opened, stage } = useSite();

const patience = { timeout: 20_000 };

const focused = (page: Page) => page.evaluate("document.activeElement.ariaLabel");
const live = (page: Page) => page.getByText("live", { exact: true });
const publishNodes = (...line: Parameters<typeof nodesLine>) => stage().publish(NODES, nodesLine(...line));

describe("the grid", () => {
  test("tells of the node that is pointed at or walked to, and leads to it", async () => {
    const page = await opened("/nodes/fritz");
    const card = page.getByRole("complementary", { name: "Node" });
    await page.getByRole("link", { name: "f0160 down" }).hover();
    await expect.poll(() => card.textContent(), patience).toContain("down, drain");
    await page.getByRole("link", { name: "f0102 allocated" }).focus();
    await expect.poll(() => card.textContent(), patience).toMatch(/f0102.*72 of 72 allocated/);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => card.textContent(), patience).toMatch(/f0103.*2 bert job-2$/);
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate("document.activeElement.ariaLabel")).toMatch(/^f01(?!03)/);
    await page.keyboard.press("ArrowUp");
    expect(await focused(page)).toMatch(/^f0103/);
    await page.keyboard.press("End");
    expect(await focused(page)).toBe("f0160 down");
    await page.keyboard.press("ArrowRight");
    expect(await focused(page)).toBe("f0160 down");
    await page.keyboard.press("ArrowLeft");
    expect(await focused(page)).toBe("f0159 allocated");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.waitForURL("/nodes/fritz/f0101");
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("f0101");
  });

  test("is one stop of the tab key", async () => {
    const page = await opened("/nodes/fritz");
    await expect.poll(() => page.locator("#grid a[tabindex='-1']").count()).toBe(59);
  });

  test("changes by itself", async () => {
    const page = await opened("/nodes/fritz");
    await page.getByText("live", { exact: true }).waitFor();
    await stage().publish(NODES, nodesLine(NOW + 2, ["f0150"], { states: ["reserved"] }));
    await page.getByRole("link", { name: "f0150 reserved" }).waitFor();
    expect(await page.getByRole("list", { name: "Nodes by state" }).textContent()).toContain("reserved 1");
  });

  test("says at once what has changed of the node that is pointed at, and keeps what has the focus there", async () => {
    const page = await opened("/nodes/fritz");
    const card = page.getByRole("complementary", { name: "Node" });
    await live(page).waitFor();
    await page.getByRole("link", { name: "f0141 allocated" }).hover();
    await expect.poll(() => card.textContent(), patience).toMatch(/f0141.*72 of 72 allocated/);
    expect(await violations(page)).toEqual([]);
    await card.getByRole("link", { name: "40", exact: true }).focus();
    // Its cell stays as it is: another allocation alone.
    await publishNodes(NOW + 3, ["f0141"], { states: ["allocated"], cpusAllocated: 36 });
    await expect.poll(() => card.textContent(), patience).toMatch(/f0141.*36 of 72 allocated/);
    await publishNodes(NOW + 4, ["f0141"], { states: ["idle", "drain"] });
    await expect.poll(() => card.textContent(), patience).toMatch(/f0141.*idle, drain.*0 of 72 allocated/);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("40");
    await page.getByRole("link", { name: "f0142 allocated" }).hover();
    await expect.poll(() => card.textContent(), patience).toMatch(/f0142/);
    await publishNodes(NOW + 5, ["f0141"], { states: ["down"] });
    await page.getByRole("link", { name: "f0141 down" }).waitFor();
    expect(await card.textContent()).toMatch(/f0142/);
  });

  test("shows nodes that were never seen before, among the others, and the focus stays", async () => {
    const page = await opened("/nodes/fritz");
    await live(page).waitFor();
    const racks = page.locator("#grid .rack > span");
    const headings = page.locator("#grid h2");
    await page.getByRole("link", { name: "f0160 down" }).focus();
    await publishNodes(NOW + 6, ["f0161", "f0205", "f2157"], { states: ["mixed"] });
    for (const host of ["f0161", "f0205", "f2157"])
      await page.getByRole("link", { name: `${host} mixed` }).waitFor();
    expect([await racks.allTextContents(), await headings.allTextContents()]).toEqual([
      ["f01", "f02", "f21"],
      ["main", "spr"],
    ]);
    expect(await page.getByRole("list", { name: "Nodes by state" }).textContent()).toContain("mixed 3");
    await publishNodes(NOW + 7, ["f0203"], { states: ["mixed"] });
    await page.getByRole("link", { name: "f0203 mixed" }).waitFor();
    await publishNodes(NOW + 8, ["f0203"], { states: ["down"] });
    await page.getByRole("link", { name: "f0203 down" }).waitFor();
    expect(await focused(page)).toBe("f0160 down");
    expect(await page.locator("#grid a:not([tabindex='-1'])").count()).toBe(1);
    await page.keyboard.press("ArrowRight");
    expect(await focused(page)).toBe("f0161 mixed");
    const cells = () =>
      page.evaluate("[...document.querySelectorAll('#grid a')].map(({ pathname }) => pathname)");
    const shown = await cells();
    await page.reload();
    expect(shown).toEqual(await cells());
  });
});

test("a node's page says what it reports as it comes", async () => {
  const page = await opened("/nodes/fritz/f0145");
  const main = page.getByRole("main");
  await live(page).waitFor();
  expect(await main.textContent()).toContain("72 of 72 allocated");
  await publishNodes(NOW + 9, ["f0145"], { states: ["mixed", "maint"], cpusAllocated: 18 });
  await expect.poll(() => main.textContent(), patience).toMatch(/mixed, maint.*18 of 72 allocated/);
});

test("each cluster has a tab, once there are two", async () => {
  const page = await opened("/nodes/fritz");
  const tabs = page.getByRole("navigation", { name: "Clusters" });
  expect(await tabs.count()).toBe(0);
  const { db } = stage();
  await db.insertInto("node").values({ cluster: "alex", hostname: "a0101", subcluster: "main" }).execute();
  await page.reload();
  expect(await tabs.getByRole("link").allTextContents()).toEqual(["alex", "fritz"]);
  expect(await violations(page)).toEqual([]);
  await tabs.getByRole("link", { name: "alex" }).click();
  await page.waitForURL("/nodes/alex");
  expect(await tabs.locator("[aria-current='page']").textContent()).toBe("alex");
  await page.getByRole("link", { name: "a0101 not reported yet" }).hover();
  const card = page.getByRole("complementary", { name: "Node" });
  await expect.poll(() => card.textContent(), patience).toMatch(/a0101.*not reported yet.*Reportednever/);
});
