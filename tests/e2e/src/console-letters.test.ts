import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { violations } from "./console/browser.js";
import { EXACT, NOW, TRACE, on, unreadable, useSite } from "./console/site.js";
import { startLine, stopLine } from "./testing/fixtures.js";
import { JOBS } from "./testing/stack.js";

const { opened, stage } = useSite();

describe("dead letters", () => {
  const numberOf = async (page: Page, reason: string) => {
    await page.goto(`/dead-letters?status=all&reason=${reason}`);
    return (await page.getByRole("rowheader").first().textContent()) ?? "";
  };

  test("are shown decoded with exact numbers, with headers, the place of the fault, and their very bytes", async () => {
    const page = await opened("/dead-letters");
    await page.goto(`/dead-letters/${await numberOf(page, "unknown_key")}`);
    const text = await page.getByRole("main").textContent();
    expect(text).toContain(`"jobId": ${EXACT}`);
    expect(text).toContain(`00-${TRACE}-`);
    expect(await page.locator("mark").count()).toBe(1);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download the bytes" }).click();
    expect(await readFile(await (await download).path(), "utf8")).toBe(unreadable);
  });

  test("are replayed in bulk after a dry run, which changes nothing, in the name of who did it", async () => {
    const { db } = stage();
    const jobs = () =>
      db.selectFrom("job").select("job_id").where("cluster", "=", "alex").orderBy("job_id").execute();
    const page = await opened("/dead-letters?reason=unknown_cluster");
    await page.getByRole("link", { name: "Replay…" }).click();
    expect(await page.getByRole("main").textContent()).toContain("3 would be applied");
    expect(await jobs()).toEqual([]);
    await page.getByRole("button", { name: "Replay 3" }).click();
    await page.getByText("3 applied").waitFor();
    expect(await violations(page)).toEqual([]);
    expect((await jobs()).map((row) => row.job_id)).toEqual([501n, 502n, 503n]);
    const trail = await db.selectFrom("dead_letter_action").select(["actor", "action", "outcome"]).execute();
    expect(trail).toHaveLength(3);
    expect(trail).toEqual(
      trail.map(() => ({ actor: "admin-of-the-site", action: "replay", outcome: "applied" })),
    );
  });

  test("are refused again, and then discarded one by one with a reason, which the audit trail keeps", async () => {
    const page = await opened("/dead-letters");
    const number = await numberOf(page, "unknown_key");
    await page.goto("/dead-letters?reason=unknown_key");
    await page.getByLabel(`choose ${number}`).check();
    await page.getByRole("button", { name: "Replay…" }).click();
    expect(await page.getByRole("main").textContent()).toContain("1 would be refused again");
    await page.getByRole("button", { name: "Replay 1" }).click();
    await page.getByText("1 refused again; they stay open").waitFor();
    await page.goto(`/dead-letters/${number}`);
    await page.getByRole("button", { name: "Discard…" }).click();
    await page.getByLabel("Why").fill("the site's own experiment");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Discard 1" }).click();
    await page.getByText("1 discarded").waitFor();
    await page.goto(`/dead-letters/${number}`);
    expect(await page.getByRole("main").textContent()).toMatch(
      /admin-of-the-site.*replay, refused.*admin-of-the-site.*discard, discarded, the site's own experiment/,
    );
  });

  test("are discarded in bulk after a dry run, which changes nothing", async () => {
    const { publish, db } = stage();
    const open = async () =>
      (
        await db
          .selectFrom("dead_letter")
          .select("id")
          .where("reason", "=", "unknown_cluster")
          .where("status", "=", "open")
          .execute()
      ).length;
    for (let id = 511; id <= 513; id++)
      await publish(JOBS, startLine(id, NOW, { ...on("x1"), cluster: "nowhere" }));
    await expect.poll(open, { timeout: 20_000 }).toBe(3);
    const page = await opened("/dead-letters?reason=unknown_cluster");
    await page.getByRole("link", { name: "Discard…" }).click();
    expect(await page.getByRole("main").textContent()).toContain("3 would be discarded");
    expect(await open()).toBe(3);
    await page.getByRole("button", { name: "Discard 3" }).click();
    await page.getByText("3 discarded").waitFor();
    expect(await open()).toBe(0);
    const trail = await db
      .selectFrom("dead_letter_action")
      .select(["actor", "outcome"])
      .where("action", "=", "discard")
      .execute();
    expect(trail.slice(-3)).toEqual(
      [1, 2, 3].map(() => ({ actor: "admin-of-the-site", outcome: "discarded" })),
    );
  });

  test("that come while one looks are told of", async () => {
    const page = await opened("/dead-letters");
    await page.getByText("live", { exact: true }).waitFor();
    await stage().publish(JOBS, "job,function=stop_job event=");
    await page.getByRole("link", { name: "New ones have come" }).click();
    await expect.poll(() => page.getByRole("cell", { name: "missing_field_value" }).count()).toBe(1);
  });
});

describe("the live tail", () => {
  test("shows what comes, and stops when it is paused", async () => {
    const { publish } = stage();
    const page = await opened("/tail?stream=CC_JOB");
    await page.getByText("live", { exact: true }).waitFor();
    const items = page.getByRole("log").getByText(/start of job 95\d/);
    await publish(JOBS, startLine(950, NOW, on("f0120")));
    await items.filter({ hasText: "950" }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await publish(JOBS, startLine(951, NOW, on("f0121")));
    await page.getByText("Left out: 1", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Go on" }).click();
    await publish(JOBS, startLine(952, NOW, on("f0122")));
    await items.filter({ hasText: "952" }).waitFor();
    expect(await items.filter({ hasText: "951" }).count()).toBe(0);
  });

  test("is of one stream, and of one cluster, when the form says so", async () => {
    const page = await opened("/tail");
    const items = page.locator("#tail > li");
    const both = await items.allTextContents();
    expect([both.some((text) => /CC_NODE/.test(text)), both.some((text) => /CC_JOB/.test(text))]).toEqual([
      true,
      true,
    ]);
    await page.getByLabel("Stream").selectOption("CC_NODE");
    await page.getByRole("button", { name: "Follow" }).click();
    await page.waitForURL(/stream=CC_NODE/);
    expect(await items.allTextContents()).toEqual([
      expect.stringMatching(/CC_NODE 2.*1 node of fritz: 1 down/),
      expect.stringMatching(/CC_NODE 1.*60 nodes of fritz/),
    ]);
    await page.getByLabel("Stream").selectOption("CC_JOB");
    await page.getByLabel("Cluster").fill("nowhere");
    await page.getByRole("button", { name: "Follow" }).click();
    await page.waitForURL(/cluster=nowhere/);
    await page.getByText("live", { exact: true }).waitFor();
    await stage().publish(JOBS, stopLine(119, NOW));
    await stage().publish(JOBS, stopLine(514, NOW, { cluster: "nowhere" }));
    await items.filter({ hasText: "stop of job 514" }).waitFor();
    expect(await items.filter({ hasText: "fritz" }).count()).toBe(0);
  });

  test("shows no more per second than asked for, and says how many it left out", async () => {
    const { publish } = stage();
    const page = await opened("/tail?rate=1");
    await page.getByText("live", { exact: true }).waitFor();
    const before = await page
      .getByRole("log")
      .getByText(/stop of job/)
      .count();
    const begun = performance.now();
    await Promise.all(Array.from({ length: 40 }, (_, i) => publish(JOBS, stopLine(120, NOW + i))));
    const shown = async () =>
      (await page
        .getByRole("log")
        .getByText(/stop of job/)
        .count()) - before;
    const left = async () =>
      Number(/\d+/.exec((await page.locator("#left-out").textContent()) ?? "")?.[0] ?? 0);
    await expect.poll(async () => (await shown()) + (await left()), { timeout: 20_000 }).toBe(40);
    // One at once, and one for each second since.
    expect(await shown()).toBeLessThanOrEqual(1 + (performance.now() - begun) / 1_000);
  });
});

describe("where a job is", () => {
  test("its messages lead to its row, and to the trace", async () => {
    const page = await opened("/find");
    await page.getByLabel("Job number").fill("1");
    await page.getByRole("button", { name: "Where is it?" }).click();
    await page.getByRole("heading", { name: "Where is job 1?" }).waitFor();
    const messages = page.getByRole("region", { name: "Messages" }).locator(".way > li");
    expect(await messages.allTextContents()).toEqual([
      expect.stringMatching(/CC_JOB 1.*start of job 1 of anna.*what it says is committed/),
      expect.stringMatching(/CC_JOB 2.*stop of job 1 of fritz: completed.*what it says is committed/),
    ]);
    expect(await page.getByRole("region", { name: "Jobs" }).getByRole("row").nth(1).textContent()).toMatch(
      /^1completedanna.*fritz/,
    );
    expect(await page.getByRole("link", { name: `trace ${TRACE}` }).getAttribute("href")).toBe(
      `https://traces.example/${TRACE}`,
    );
    await page.getByRole("link", { name: "CC_JOB 1", exact: true }).click();
    expect(await page.getByRole("main").textContent()).toContain('"user": "anna"');
  });

  test("a stop that waits, a line that was refused, and a number that nobody knows", async () => {
    const page = await opened("/find?job=777");
    const main = page.getByRole("main");
    expect(await main.textContent()).toMatch(/1 of its stops waits.*stop of job 777.*its start has not come/);
    await page.goto(`/find?job=${EXACT}`);
    expect(await main.textContent()).toMatch(/CC_JOB \d+, stored.*Dead letter \d+.*unknown_key/);
    // What was tried, by the service and by the tests above.
    expect(await page.locator(".attempts > li").allTextContents()).toEqual([
      "delivered and acknowledged: what it says is committed",
      expect.stringMatching(/^line 1 refused as unknown_key: dead letter \d+$/),
      expect.stringMatching(/replay by admin-of-the-site: refused$/),
      expect.stringMatching(/discard by admin-of-the-site: discarded$/),
    ]);
    await page.goto("/find?job=123456789");
    expect(await main.textContent()).toContain("Nothing is known of it.");
  });

  test("attempts with its message alone that have not ended are counted", async () => {
    const { db } = stage();
    await db
      .insertInto("lone_attempt")
      .columns(["stream", "stream_sequence", "received_at", "begun"])
      .expression((eb) =>
        eb
          .selectFrom("dead_letter")
          .select(["stream", "stream_sequence", "received_at", eb.lit(1).as("begun")])
          .where("reason", "=", "unknown_key"),
      )
      .execute();
    const page = await opened(`/find?job=${EXACT}`);
    const first = page.locator(".attempts > li").first();
    expect(await first.textContent()).toBe("worked on alone once, without coming to an end");
    await db.updateTable("lone_attempt").set({ begun: 2 }).execute();
    await page.reload();
    expect(await first.textContent()).toBe("worked on alone 2 times, without coming to an end");
  });
});
