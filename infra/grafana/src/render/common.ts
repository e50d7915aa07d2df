import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import type { DataSourceRef } from "@grafana/grafana-foundation-sdk/common";
import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  type DynamicConfigValue,
  type Panel as GrafanaPanel,
  type ThresholdsConfig,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Panel } from "../model/panel.js";
import { sources } from "./sources.js";
import { target } from "./target.js";

/** What the builders of all kinds of panels have in common. */
interface PanelBuilder extends Builder<GrafanaPanel> {
  title(title: string): this;
  description(description: string): this;
  datasource(source: DataSourceRef): this;
  span(width: number): this;
  height(height: number): this;
  unit(unit: string): this;
  min(value: number): this;
  max(value: number): this;
  decimals(digits: number): this;
  noValue(text: string): this;
  links(links: Builder<DashboardLink>[]): this;
  thresholds(thresholds: Builder<ThresholdsConfig>): this;
  withTarget(query: Builder<Dataquery>): this;
  overrideByName(name: string, properties: DynamicConfigValue[]): this;
}

/** Title, size, queries and all else that does not depend on the kind of panel. */
export function withCommon<B extends PanelBuilder>(builder: B, panel: Panel): B {
  builder
    .title(panel.title)
    .description(panel.description)
    .datasource(sources[panel.queries[0]?.source ?? "prometheus"])
    .span(panel.width)
    .height(panel.height)
    .unit(panel.unit)
    .thresholds(thresholds(panel))
    .links((panel.runbooks ?? []).map(runbookLink));
  for (const [index, query] of panel.queries.entries()) builder.withTarget(target(query, index, panel));
  if (panel.max !== undefined) builder.min(0).max(panel.max);
  if (panel.decimals !== undefined) builder.decimals(panel.decimals);
  if (panel.empty !== undefined) builder.noValue(panel.empty);
  return builder;
}

function thresholds({ calm = "green", thresholds: steps = [] }: Panel): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: calm }, ...steps.map(({ from, color }) => ({ value: from, color }))]);
}

function runbookLink(name: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(`Runbook: ${name}`)
    .type(DashboardLinkType.Link)
    .url(`\${runbooks}/${name}.md`)
    .targetBlank(true);
}

export function fixedColor(color: string): DynamicConfigValue {
  return { id: "color", value: { mode: "fixed", fixedColor: color } };
}
