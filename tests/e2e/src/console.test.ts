import { readFile } from "node:fs/promises";
import { headers } from "@nats-io/transport-node";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { useBrowser, violations } from "./console/browser.js";
import { useStage } from "./console/stage.js";
import { nodesLine, startLine, stopLine } from "./testing/fixtures.js";
import { until } from "./testing/service-process.js";
import { JOBS, NODES } from "./testing/stack.js";

const stage = useStage();
const newContext = useBrowser();

const NOW = Math.floor(Date.now() / 1_000);
const hosts = Array.from({ length: 60 }, (_, i) => `f01${String(i + 1).padStart(2, "0")}`);
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const on = (...names: string[]) => ({
  numNodes: names.length,
  resources: names.map((hostname) => ({ hostname })),
});
const ALEX = { cluster: "alex", ...on("a0101") };
/** More than JavaScript's numbers hold exactly. */
const EXACT = "9007199254740993";
const unreadable = `job,function=stop_job event="{\\"jobId\\":${EXACT},\\"cluster\\":\\"fritz\\",\\"stopTime\\":${NOW},\\"exit\\":0}"`;

/** A hundred and twenty jobs, of which the odd ones have ended; nodes; and what is refused. */
beforeAll(async () => {
  const { publish, db } = stage();
  const traced = headers();
  traced.set("traceparent", `00-${TRACE}-b7ad6b7169203331-01`);
  await publish(
    JOBS,
    startLine(1, NOW - 3_600, { ...on("f0101"), submitTime: NOW - 4_200, user: "anna" }),
    traced,
  );
  await publish(JOBS, stopLine(1, NOW - 600));
  for (let id = 2; id <= 120; id++) {
    const jobName = { metaData: { jobName: `job-${id}` } };
    await publish(
      JOBS,
      startLine(id, NOW - 1_200 + id, { ...on(hosts[id % 60] ?? ""), ...jobName, user: "bert" }),
    );
    if (id % 2 === 1) await publish(JOBS, stopLine(id, NOW - 300));
  }
  await publish(JOBS, stopLine(777, NOW));
  await publish(JOBS, unreadable, traced);
  for (let id = 501; id <= 503; id++) await publish(JOBS, startLine(id, NOW - 900 + id, ALEX));
  await publish(NODES, nodesLine(NOW, hosts, { states: ["allocated"], cpusAllocated: 72, jobsRunning: 1 }));
  await publish(NODES, nodesLine(NOW + 1, ["f0160"], { states: ["down", "drain"] }));
  await vi.waitFor(async () => {
    const count = async (table: "job" | "node" | "dead_letter") =>
      (await db.selectFrom(table).select("id").execute()).length;
    const there = [await count("job"), await count("node"), await count("dead_letter")];
    if (there.join() !== "120,60,4") throw new Error(`not all is there: ${there.join()}`);
  }, until);
});

/** A browser of somebody with a role. */
async function signedIn(role: string, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const { url, issuer } = stage();
  const context = await newContext({ baseURL: url, ...options });
  const value = await issuer.token([role], { subject: `${role}-of-the-site` });
  await context.addCookies([{ name: "cc_ingest_token", value, url, httpOnly: true, sameSite: "Strict" }]);
  return context;
}

async function opened(path: string, role = "admin", options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await signedIn(role, options)).newPage();
  await page.goto(path);
  return page;
}

const pages = [
  "/nodes/fritz",
  "/nodes/fritz/f0101",
  "/jobs",
  "/jobs/1",
  "/pipeline",
  "/dead-letters",
  "/dead-letters/1",
  "/dead-letters/answer?action=replay&all=yes",
  "/tail",
  "/find?job=1",
  "/messages/CC_JOB/1",
];

describe("signing in", () => {
  test("who is nobody is asked for a token, told what is wrong with it, and led back to where he wanted to go", async () => {
    const { url, issuer } = stage();
    const context = await newContext({ baseURL: url });
    const page = await context.newPage();
    await page.goto("/jobs?state=running");
    expect(new URL(page.url()).pathname).toBe("/sign-in");
    expect(await violations(page)).toEqual([]);
    await page.getByLabel("Token").fill(await issuer.token(["admin"], { expires: "-1s" }));
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("the token has expired");
    await page.getByLabel("Token").fill(await issuer.token(["admin"], { subject: "anna" }));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("/jobs?state=running");
    expect(await context.cookies()).toMatchObject([{ httpOnly: true, sameSite: "Strict", path: "/" }]);
    expect(await page.evaluate("document.cookie")).toBe("");
    expect(await page.getByRole("banner").textContent()).toContain("anna");
    await page.getByRole("button", { name: "Sign out" }).click();
    expect(await context.cookies()).toEqual([]);
    await page.goto("/jobs");
    expect(new URL(page.url()).pathname).toBe("/sign-in");
  });

  test("nobody is led to another site, and neither events nor pages are given without a token", async () => {
    const { url, issuer } = stage();
    const token = await issuer.token(["admin"]);
    for (const then of ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"]) {
      const body = new URLSearchParams([
        ["token", token],
        ["then", then],
      ]);
      const answer = await fetch(`${url}/sign-in`, {
        method: "POST",
        body,
        headers: { origin: url },
        redirect: "manual",
      });
      expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    }
    for (const path of [...pages, "/nodes/fritz/events", "/jobs/live", "/tail/events", "/dead-letters/1/raw"])
      expect((await fetch(`${url}${path}`)).status).toBe(401);
  });

  test.each(["user", "api", "manager"])("the role %s sees nothing", async (role) => {
    const page = await opened("/jobs", role);
    expect(await page.getByRole("main").textContent()).toContain("needs one of these roles: admin, support");
  });
});

describe("every page", () => {
  test.each(["light", "dark"] as const)("has nothing that axe finds, in %s", async (colorScheme) => {
    const context = await signedIn("admin", { colorScheme });
    const page = await context.newPage();
    for (const path of pages) {
      await page.goto(path);
      await expect.poll(() => page.title()).toContain("cc-ingest");
      expect([path, await violations(page)]).toEqual([path, []]);
    }
  });

  test("can be read without JavaScript", async () => {
    const context = await signedIn("support", { javaScriptEnabled: false });
    const page = await context.newPage();
    const told = [
      ["/nodes/fritz", "allocated 59"],
      ["/nodes/fritz/f0160", "down, drain"],
      ["/jobs", "job-120"],
      ["/jobs?user=anna", "anna"],
      ["/pipeline", "CC_JOB"],
      ["/dead-letters", "unknown_cluster"],
      ["/tail", "60 nodes of fritz: 60 allocated"],
      ["/find?job=1", "completed on fritz"],
    ] as const;
    for (const [path, text] of told) {
      await page.goto(path);
      expect([path, await page.getByRole("main").textContent()]).toEqual([
        path,
        expect.stringContaining(text),
      ]);
    }
  });

  test("holds no script and no style of its own, and its policy allows none", async () => {
    const context = await signedIn("admin");
    for (const path of pages) {
      const answer = await context.request.get(path);
      const policy = answer.headers()["content-security-policy"] ?? "";
      expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'/);
      expect(policy).not.toMatch(/unsafe/);
      expect(await answer.text()).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/);
    }
  });
});

describe("the grid", () => {
  test("tells of the node that is pointed at or walked to, and leads to it", async () => {
    const page = await opened("/nodes/fritz");
    const card = page.getByRole("complementary", { name: "Node" });
    await page.getByRole("link", { name: "f0160 down" }).hover();
    await expect.poll(() => card.textContent()).toContain("down, drain");
    await page.getByRole("link", { name: "f0102 allocated" }).focus();
    await expect.poll(() => card.textContent()).toMatch(/f0102.*72 of 72 allocated/);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => card.textContent()).toMatch(/f0103.*2 bert job-2$/);
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate("document.activeElement.ariaLabel")).toMatch(/^f01(?!03)/);
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
});

describe("jobs", () => {
  const rows = (page: Page) => page.getByRole("region", { name: "Jobs" }).getByRole("row");

  test("are filtered by the form, and the address says how", async () => {
    const page = await opened("/jobs");
    await page.getByLabel("User").fill("anna");
    await page.getByLabel("State").selectOption("completed");
    await page.getByRole("button", { name: "Filter" }).click();
    expect(new URL(page.url()).searchParams.get("user")).toBe("anna");
    expect(await rows(page).count()).toBe(2);
    await page.goto("/jobs?host=f0103&state=running");
    expect(await rows(page).nth(1).textContent()).toContain("job-");
    await page.goto("/jobs?job=0");
    expect(await page.getByRole("main").textContent()).toContain('job "0" is no job number');
  });

  test("are paged through, each once", async () => {
    const page = await opened("/jobs?cluster=fritz&to=2099-01-01T00:00");
    const seen: string[] = [];
    for (;;) {
      seen.push(...(await page.getByRole("rowheader").allTextContents()));
      const older = page.getByRole("link", { name: "Older" });
      if ((await older.count()) === 0) break;
      await older.click();
      await page.waitForURL(/after=/);
      await page.waitForLoadState();
      if (seen.length > 200) break;
    }
    expect(seen.length).toBeGreaterThanOrEqual(120);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("come and end by themselves", async () => {
    const { publish } = stage();
    const page = await opened("/jobs?user=dora");
    await page.getByText("live", { exact: true }).waitFor();
    await publish(JOBS, startLine(900, NOW, { ...on("f0110"), user: "dora" }));
    await rows(page).filter({ hasText: "running" }).waitFor();
    await publish(JOBS, stopLine(900, NOW + 5, { jobState: "failed" }));
    await rows(page).filter({ hasText: "failed" }).waitFor();
    expect(await rows(page).count()).toBe(2);
  });

  test("have a timeline", async () => {
    const page = await opened("/jobs?user=anna");
    await page.getByRole("link", { name: "1", exact: true }).click();
    const moments = page.getByRole("region", { name: "Timeline" }).getByRole("listitem");
    await expect
      .poll(() => moments.allTextContents())
      .toEqual([
        expect.stringContaining("submitted"),
        expect.stringContaining("started after waiting 10 min"),
        expect.stringContaining("completed after 50 min, by its stop event"),
      ]);
  });
});

test("the pipeline is told by charts and tables, as the broker and the replicas say", async () => {
  const page = await opened("/pipeline");
  await expect
    .poll(() => page.locator("[data-chart='lag']").getAttribute("data-points"))
    .toMatch(/^[2-9]|\d\d/);
  expect(await page.locator("[data-chart] canvas").count()).toBe(6);
  const streams = page.getByRole("region", { name: "Streams and consumers" });
  await streams.getByRole("row", { name: /cc\.node\.state.*CC_NODE.*ingest-nodestate/ }).waitFor();
  const replicas = page.getByRole("region", { name: "Replicas" });
  await replicas.getByRole("row", { name: /ingest-jobs.*takes messages/ }).waitFor();
  await replicas.getByRole("row", { name: /ingest-nodestate.*takes messages/ }).waitFor();
});

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

  test("can't be answered by who may only read, nor from another page", async () => {
    const { url, issuer, db } = stage();
    const page = await opened("/dead-letters/1", "support");
    expect(await page.getByRole("button", { name: /Replay|Discard/ }).count()).toBe(0);
    const post = async (role: string, fields: Record<string, string>, origin = url) => {
      const cookie = `cc_ingest_token=${await issuer.token([role])}`;
      const body = new URLSearchParams({ action: "discard", all: "yes", ...fields });
      const answer = await fetch(`${url}/dead-letters/answer`, {
        method: "POST",
        body,
        headers: { cookie, origin },
      });
      return answer.status;
    };
    expect(await post("support", {})).toBe(403);
    expect(await post("admin", {})).toBe(403);
    expect(await post("admin", { csrf: "0".repeat(64) })).toBe(403);
    const admin = await opened("/dead-letters/answer?action=discard&all=yes");
    const csrf = await admin.locator("form.confirm [name='csrf']").getAttribute("value");
    expect(await post("admin", { csrf: csrf ?? "" }, "https://elsewhere.example")).toBe(403);
    expect(await db.selectFrom("dead_letter_action").select("id").execute()).toEqual([]);
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
    await page.getByText("1 messages were left out").waitFor();
    await page.getByRole("button", { name: "Go on" }).click();
    await publish(JOBS, startLine(952, NOW, on("f0122")));
    await items.filter({ hasText: "952" }).waitFor();
    expect(await items.filter({ hasText: "951" }).count()).toBe(0);
  });

  test("shows no more per second than asked for, and says how many it left out", async () => {
    const { publish } = stage();
    const page = await opened("/tail?rate=1");
    await page.getByText("live", { exact: true }).waitFor();
    const before = await page
      .getByRole("log")
      .getByText(/stop of job/)
      .count();
    await Promise.all(Array.from({ length: 40 }, (_, i) => publish(JOBS, stopLine(120, NOW + i))));
    await page.getByText(/messages were left out/).waitFor();
    const left = Number(/\d+/.exec((await page.locator("#left-out").textContent()) ?? "")?.[0]);
    expect(left).toBeGreaterThan(20);
    expect(
      (await page
        .getByRole("log")
        .getByText(/stop of job/)
        .count()) - before,
    ).toBeLessThan(20);
  });
});

describe("where a job is", () => {
  test("its messages lead to its row, and to the trace", async () => {
    const page = await opened("/find");
    await page.getByLabel("Job number").fill("1");
    await page.getByRole("button", { name: "Where is it?" }).click();
    await page.getByRole("heading", { name: "Where is job 1?" }).waitFor();
    const messages = page.getByRole("region", { name: "Messages" }).getByRole("listitem");
    expect(await messages.allTextContents()).toEqual([
      expect.stringMatching(/CC_JOB 1.*start of job 1 of anna.*what it says is committed/),
      expect.stringMatching(/CC_JOB 2.*stop of job 1 of fritz: completed.*what it says is committed/),
    ]);
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
    await page.goto("/find?job=123456789");
    expect(await main.textContent()).toContain("Nothing is known of it.");
  });
});
