import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { GraphPanel } from "../model/panel.js";
import { fixedColor, withCommon } from "./common.js";

/** Values over time. */
export function graphPanel(panel: GraphPanel): PanelBuilder {
  const { shape = "lines", points, interval, colors = {} } = panel;
  const bars = shape === "stacked bars";
  const stacked = new StackingConfigBuilder().mode(
    shape === "lines" ? StackingMode.None : StackingMode.Normal,
  );
  const builder = withCommon(new PanelBuilder(), panel)
    .drawStyle(bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(fill(shape))
    .showPoints(VisibilityMode.Never)
    .stacking(stacked)
    .axisSoftMin(0)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  if (points !== undefined) builder.maxDataPoints(points);
  if (interval !== undefined) builder.interval(interval);
  for (const [name, color] of Object.entries(colors)) builder.overrideByName(name, [fixedColor(color)]);
  return builder;
}

function fill(shape: NonNullable<GraphPanel["shape"]>): number {
  return { lines: 10, stacked: 60, "stacked bars": 80 }[shape];
}
