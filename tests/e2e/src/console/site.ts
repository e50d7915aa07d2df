import { headers } from "@nats-io/transport-node";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { beforeAll, vi } from "vitest";
import { nodesLine, startLine, stopLine } from "../testing/fixtures.js";
import { until } from "../testing/service-process.js";
import { JOBS, NODES } from "../testing/stack.js";
import { useBrowser } from "./browser.js";
import { useStage } from "./stage.js";

export const NOW = Math.floor(Date.now() / 1_000);
const hosts = Array.from({ length: 60 }, (_, i) => `f01${String(i + 1).padStart(2, "0")}`);
export const TRACE = "0af7651916cd43dd8448eb211c80319c";
export const on = (...names: string[]) => ({
  numNodes: names.length,
  resources: names.map((hostname) => ({ hostname })),
});
const ALEX = { cluster: "alex", ...on("a0101") };
/** More than JavaScript's numbers hold exactly. */
export const EXACT = "9007199254740993";
export const unreadable = `job,function=stop_job event="{\\"jobId\\":${EXACT},\\"cluster\\":\\"fritz\\",\\"stopTime\\":${NOW},\\"exit\\":0}"`;

/** A stage with something on it, and browsers that look at it. */
export function useSite() {
  const stage = useStage();
  const newContext = useBrowser();

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

  return { stage, newContext, signedIn, opened };
}
