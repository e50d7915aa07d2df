import { fileURLToPath } from "node:url";
import { type ServiceProcess, findPrometheus, startPrometheus } from "@cc-ingest/devstack";
import { type PromQuery, dashboards, panelsOf, rangeOf } from "@cc-ingest/grafana";
import { expect, vi } from "vitest";
import { until } from "../testing/service-process.js";
import { rulesFile } from "./metric-names.js";
import { type Series, api, askProm } from "./prom-answers.js";

const SCRAPE_SECONDS = 1;
export const CHOICES = { service: ["ingest-jobs", "ingest-nodestate"] };

export const panels = dashboards.flatMap((spec) =>
  panelsOf(spec).flatMap((panel) =>
    panel.queries.flatMap((query) => (query.source === "prometheus" ? [{ title: panel.title, query }] : [])),
  ),
);

/** What an alert is about: nothing, something that may pass, or something that has lasted. */
export interface AlertState {
  readonly name: string;
  readonly state: "inactive" | "pending" | "firing";
  readonly health: string;
  readonly lastError?: string;
}

export interface Scraping extends AsyncDisposable {
  readonly url: string;
  /** What a query of a panel answers, over the last minute. */
  readonly ask: (query: Pick<PromQuery, "expr" | "instant">) => Promise<Series[]>;
  /** Waits until an expression has a value, and that is more than `least`. */
  readonly reaches: (expr: string, least: number) => Promise<void>;
  readonly alerts: () => Promise<AlertState[]>;
}

/** A Prometheus that scrapes these services every second, with our alerts. */
export async function scraping(services: readonly ServiceProcess[]): Promise<Scraping> {
  const targets = await Promise.all(
    services.map(async (service) => new URL(String((await service.logged("started"))["url"])).host),
  );
  const config = {
    global: { scrape_interval: `${SCRAPE_SECONDS}s`, evaluation_interval: `${SCRAPE_SECONDS}s` },
    rule_files: [fileURLToPath(rulesFile)],
    scrape_configs: [{ job_name: "cc-ingest", static_configs: [{ targets }] }],
  };
  const prometheus = await startPrometheus({
    config: JSON.stringify(config),
    binaries: await findPrometheus(),
  });
  const { url } = prometheus;
  const ask = (query: Pick<PromQuery, "expr" | "instant">): Promise<Series[]> => {
    const now = Date.now() / 1000;
    return askProm(url, query, rangeOf(now - 60, now, 60), CHOICES, SCRAPE_SECONDS);
  };
  return {
    url,
    ask,
    async reaches(expr, least) {
      await vi.waitFor(async () => {
        const [first] = await ask({ expr, instant: true });
        expect(first?.numbers[0] ?? 0).toBeGreaterThan(least);
      }, until);
    },
    async alerts() {
      const { groups } = await api<{ groups: { rules: AlertState[] }[] }>(url, "rules");
      return groups.flatMap(({ rules }) => rules);
    },
    [Symbol.asyncDispose]: () => prometheus[Symbol.asyncDispose](),
  };
}
