import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardSpec } from "../model/dashboard.js";
import { render as renderPanel } from "./panel.js";
import { render as renderVariable, runbooksVariable } from "./variable.js";

const TAG = "cc-ingest";

/** The dashboard as Grafana keeps it. */
export function renderDashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([TAG])
    .time({ from: spec.from, to: "now" })
    .timezone("browser")
    .refresh(spec.refresh)
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .variables([...spec.variables.map(renderVariable), runbooksVariable()])
    .link(
      new DashboardLinkBuilder("cc-ingest")
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .keepTime(true),
    );
  let id = 0;
  for (const { title, panels } of spec.rows) {
    builder.withRow(new RowBuilder(title).id(++id));
    for (const panel of panels) {
      id += 1;
      const identified = { ...renderPanel(panel).build(), id };
      builder.withPanel({ build: () => identified });
    }
  }
  return builder.build();
}

/** As text that is the same whenever the dashboard is. */
export function dashboardJson(spec: DashboardSpec): string {
  return `${JSON.stringify(renderDashboard(spec), undefined, 2)}\n`;
}
