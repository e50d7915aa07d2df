import * as bars from "@grafana/grafana-foundation-sdk/bargauge";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as timeline from "@grafana/grafana-foundation-sdk/statetimeline";
import * as table from "@grafana/grafana-foundation-sdk/table";
import type * as model from "../model/panel.js";
import { withCommon } from "./common.js";
import { graphPanel } from "./graph.js";

type Renderers = {
  readonly [Kind in model.Panel["kind"]]: (
    panel: Extract<model.Panel, { kind: Kind }>,
  ) => Builder<dashboard.Panel>;
};

const renderers: Renderers = {
  stat: statPanel,
  tiles: tilesPanel,
  graph: graphPanel,
  table: tablePanel,
  bars: barsPanel,
  timeline: timelinePanel,
};

/** A panel as Grafana keeps it. */
export function render(panel: model.Panel): Builder<dashboard.Panel> {
  const renderer = renderers[panel.kind] as (panel: model.Panel) => Builder<dashboard.Panel>;
  return renderer(panel);
}

function statPanel(panel: model.StatPanel): stat.PanelBuilder {
  return withCommon(new stat.PanelBuilder(), panel)
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(panel.sparkline === true ? common.BigValueGraphMode.Area : common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false));
}

function tilesPanel(panel: model.TilesPanel): stat.PanelBuilder {
  return withCommon(new stat.PanelBuilder(), panel)
    .colorMode(common.BigValueColorMode.Background)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(common.BigValueTextMode.Name)
    .reduceOptions(new common.ReduceDataOptionsBuilder().values(true).limit(5_000))
    .mappings([valueMap(panel.states.map(({ code, text, color }) => [String(code), { text, color }]))])
    .dataLinks([new dashboard.DashboardLinkBuilder(panel.link.title).url(panel.link.url)]);
}

function tablePanel(panel: model.TablePanel): table.PanelBuilder {
  const builder = withCommon(new table.PanelBuilder(), panel);
  for (const [column, unit] of Object.entries(panel.units ?? {}))
    builder.overrideByName(column, [{ id: "unit", value: unit }]);
  // What Prometheus adds to the labels.
  if (panel.queries[0]?.source === "prometheus")
    builder.withTransformation({ id: "organize", options: { excludeByName: { Time: true } } });
  return builder;
}

function barsPanel(panel: model.BarsPanel): bars.PanelBuilder {
  return withCommon(new bars.PanelBuilder(), panel)
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .reduceOptions(new common.ReduceDataOptionsBuilder().values(true).calcs([]))
    .min(0);
}

function timelinePanel(panel: model.TimelinePanel): timeline.PanelBuilder {
  const colors = Object.entries(panel.colors ?? {});
  return withCommon(new timeline.PanelBuilder(), panel)
    .mergeValues(true)
    .showValue(common.VisibilityMode.Auto)
    .mappings([valueMap(colors.map(([state, color]) => [state, { text: state, color }]))]);
}

function valueMap(entries: readonly (readonly [string, dashboard.ValueMappingResult])[]): dashboard.ValueMap {
  const indexed = entries.map(([value, result], index) => [value, { ...result, index }] as const);
  return { type: dashboard.MappingType.ValueToText, options: Object.fromEntries(indexed) };
}
