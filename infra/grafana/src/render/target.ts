import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  DataqueryBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from "@grafana/grafana-foundation-sdk/prometheus";
import type { Panel } from "../model/panel.js";
import type { PromQuery, Query, SqlQuery } from "../model/query.js";
import { sources } from "./sources.js";

const NAMES = "ABCDEFGH";

/** One of a panel's queries, as Grafana keeps it; `index` counts them. */
export function target(query: Query, index: number, panel: Panel): Builder<Dataquery> {
  const refId = NAMES.charAt(index);
  return query.source === "prometheus" ? promTarget(query, refId, panel) : sqlTarget(query, refId);
}

function promTarget(query: PromQuery, refId: string, { kind }: Panel): Builder<Dataquery> {
  const builder = new DataqueryBuilder()
    .datasource(sources.prometheus)
    .refId(refId)
    .expr(query.expr)
    .editorMode(QueryEditorMode.Code)
    .legendFormat(query.legend)
    .format(kind === "table" ? PromQueryFormat.Table : PromQueryFormat.TimeSeries);
  return query.instant ? builder.instant() : builder.range();
}

/** The kit has no builder for the Postgres data source. */
function sqlTarget({ sql, format }: SqlQuery, refId: string): Builder<Dataquery> {
  const query = {
    _implementsDataqueryVariant: () => {},
    datasource: sources.postgres,
    refId,
    editorMode: "code",
    format,
    rawQuery: true,
    rawSql: sql,
  };
  return { build: () => query };
}
