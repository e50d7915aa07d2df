import { findChromium } from "@cc-ingest/devstack";
import axe from "axe-core";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  chromium,
} from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";

const PATIENCE_MS = 20_000;

/** A browser for this file. Whatever a page complains of, a violation of its content policy above all, fails the test. */
export function useBrowser() {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const { path, env } = await findChromium();
    const own = Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    browser = await chromium.launch({
      executablePath: path,
      env: { ...own, ...env },
      // Root may not use the sandbox, and the pages are our own.
      args: ["--no-sandbox"],
    });
  });
  afterAll(() => browser?.close());
  return async (options: BrowserContextOptions = {}): Promise<BrowserContext> => {
    if (browser === undefined) throw new Error("only inside a test");
    const context = await browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    context.on("console", (message) => {
      // An answer with 403 is what some tests ask for.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        complaints.push(message.text());
    });
    context.on("weberror", (error) => complaints.push(String(error.error())));
    onTestFinished(async () => {
      await context.close();
      expect(complaints).toEqual([]);
    });
    return context;
  };
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds wrong with a page as it now is. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate("axe.run().then(({ violations }) => violations)");
  return (found as Violation[]).map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
  );
}
