import { existsSync } from "node:fs";
import { type DashboardSpec, dashboardJson, dashboards, panelsOf, sources } from "@cc-ingest/grafana";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { read, root } from "./workspace.js";

interface Placed {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly noValue?: string } };
  /** None where it is the title of a row. */
  readonly targets?: readonly object[];
}

const placed = (spec: DashboardSpec): Placed[] =>
  (JSON.parse(dashboardJson(spec)) as { panels: Placed[] }).panels;

const overlap = ({ gridPos: a }: Placed, { gridPos: b }: Placed): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

test.each(dashboards)(
  "the JSON of $file is what the code renders: after a change run pnpm dashboards",
  (spec) => {
    expect(read(`infra/grafana/dashboards/${spec.file}.json`)).toBe(dashboardJson(spec));
  },
);

test.each(dashboards)("the panels of $title fit on the grid, side by side", (spec) => {
  const panels = placed(spec);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(panels.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([]);
  const pairs = panels.flatMap((a, index) => panels.slice(index + 1).map((b) => [a, b] as const));
  expect(pairs.filter(([a, b]) => overlap(a, b))).toEqual([]);
});

test.each(dashboards)("each panel of $title says what it shows, and its runbooks exist", (spec) => {
  const panels = panelsOf(spec);
  expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  for (const { title, description, queries, empty, runbooks = [] } of panels) {
    expect({ title, description }).toEqual({ title, description: expect.stringMatching(/^.{10,}\.$/s) });
    expect(runbooks.filter((name) => !existsSync(`${root}infra/runbooks/${name}.md`))).toEqual([]);
    // Where nothing may come back, the panel says so in its own words.
    const unspoken = queries.some(({ mayBeEmpty }) => mayBeEmpty) && empty === undefined;
    expect({ title, unspoken }).toEqual({ title, unspoken: false });
  }
});

test.each(dashboards)(
  "Grafana asks the queries of $title as they are tested, each of its own source",
  (spec) => {
    const rendered = placed(spec).filter(({ targets }) => targets !== undefined);
    expect(rendered.map(({ title }) => title)).toEqual(panelsOf(spec).map(({ title }) => title));
    for (const [index, { queries, empty }] of panelsOf(spec).entries()) {
      const { targets, fieldConfig } = rendered[index] ?? {};
      expect(fieldConfig?.defaults.noValue).toBe(empty);
      expect(targets).toMatchObject(
        queries.map((query) =>
          query.source === "prometheus"
            ? {
                datasource: sources.prometheus,
                expr: query.expr,
                instant: query.instant,
                range: !query.instant,
              }
            : { datasource: sources.postgres, rawSql: query.sql, rawQuery: true, format: query.format },
        ),
      );
    }
  },
);

test("Grafana is provisioned with the data sources and the folder that the dashboards use", () => {
  const { datasources } = parse(read("infra/grafana/provisioning/datasources/cc-ingest.yaml")) as {
    datasources: { uid: string; type: string }[];
  };
  expect(datasources.map(({ type, uid }) => ({ type, uid }))).toEqual(Object.values(sources));
  const { providers } = parse(read("infra/grafana/provisioning/dashboards/cc-ingest.yaml")) as {
    providers: { options: { path: string } }[];
  };
  expect(providers).toMatchObject([{ type: "file", allowUiUpdates: false }]);
});
