import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { violations } from "./console/browser.js";
import { NOW, on, useSite } from "./console/site.js";
import { startLine, stopLine } from "./testing/fixtures.js";
import { JOBS } from "./testing/stack.js";

const { newContext, opened, signedIn, stage } = useSite();

const pages = [
  "/nodes/fritz",
  "/nodes/fritz/f0101",
  "/jobs",
  "/jobs/1",
  "/jobs/999999",
  "/pipeline",
  "/dead-letters",
  "/dead-letters/1",
  "/dead-letters/answer?action=replay&all=yes",
  "/tail",
  "/find",
  "/find?job=1",
  "/find?job=777",
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
    await page.goto("/jobs?job=120");
    await page.getByRole("link", { name: "120", exact: true }).click();
    await page.getByText("still running").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test("can be read without JavaScript", async () => {
    const context = await signedIn("support", { javaScriptEnabled: false });
    const page = await context.newPage();
    const told = [
      ["/nodes/fritz", "allocated 59"],
      ["/nodes/fritz/f0160", "down, drain"],
      ["/jobs", "job-120"],
      ["/jobs?user=anna", "anna"],
      ["/jobs/1", "started after waiting 10 min"],
      ["/pipeline", "CC_JOB"],
      ["/dead-letters", "unknown_cluster"],
      ["/dead-letters/1", "unknown_key"],
      ["/tail", "60 nodes of fritz: 60 allocated"],
      ["/find?job=1", "completed on fritz"],
      ["/messages/CC_JOB/1", '"user": "anna"'],
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
    await page.getByRole("link", { name: "900", exact: true }).focus();
    await publish(JOBS, stopLine(900, NOW + 5, { jobState: "failed" }));
    await rows(page).filter({ hasText: "failed" }).waitFor();
    expect(await rows(page).count()).toBe(2);
    // What had the focus has it again, though its row is another one now.
    expect(await page.evaluate("document.activeElement.textContent")).toBe("900");
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
