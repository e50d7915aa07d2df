/** A query to Prometheus, and what its answer has to look like. */
export interface PromQuery {
  readonly source: "prometheus";
  readonly expr: string;
  /** Names a series; `{{label}}` stands for a label. */
  readonly legend: string;
  /** The labels of each series, and no others. */
  readonly labels: readonly string[];
  /** Only the newest value. */
  readonly instant: boolean;
  /** Whether there may be no series while nothing is wrong: what it tells does not exist yet. */
  readonly mayBeEmpty: boolean;
}

/** What a column of an answer holds; Grafana tells them apart too. */
export type ColumnType = "time" | "number" | "text";

/** A query to Postgres, and what its answer has to look like. */
export interface SqlQuery {
  readonly source: "postgres";
  readonly sql: string;
  readonly format: "time_series" | "table";
  /** In their order. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Whether there may be no rows while nothing is wrong: a list of what needs attention, or of what is there. */
  readonly mayBeEmpty: boolean;
}

export type Query = PromQuery | SqlQuery;

type PromOptions = Partial<Pick<PromQuery, "labels" | "instant" | "mayBeEmpty">>;

/** A query for a graph or, with `instant`, for a single value. */
export function prom(legend: string, expr: string, options: PromOptions = {}): PromQuery {
  return {
    source: "prometheus",
    expr,
    legend,
    labels: ["service"],
    instant: false,
    mayBeEmpty: false,
    ...options,
  };
}

export function timeSeries(columns: readonly string[], sql: string): SqlQuery {
  const values = Object.fromEntries(columns.map((name) => [name, "number" as const]));
  return {
    source: "postgres",
    sql,
    format: "time_series",
    columns: { time: "time", ...values },
    mayBeEmpty: false,
  };
}

/** Rows with a time, the name of a series (`metric`) and a value. */
export function namedSeries(sql: string): SqlQuery {
  const columns = { time: "time", metric: "text", value: "number" } as const;
  return { source: "postgres", sql, format: "time_series", columns, mayBeEmpty: false };
}

export function rows(columns: SqlQuery["columns"], sql: string): SqlQuery {
  return { source: "postgres", sql, format: "table", columns, mayBeEmpty: false };
}

/** As `rows`, of what may not be there. */
export function list(columns: SqlQuery["columns"], sql: string): SqlQuery {
  return { ...rows(columns, sql), mayBeEmpty: true };
}
