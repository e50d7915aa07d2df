import { type Choices, type ColumnType, type Range, type SqlQuery, interpolateSql } from "@cc-ingest/grafana";
import pg from "pg";

export interface Answer {
  /** Names and types, in their order. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

const { builtins } = pg.types;
const TYPES: Readonly<Record<number, ColumnType>> = {
  [builtins.TIMESTAMPTZ]: "time",
  [builtins.INT2]: "number",
  [builtins.INT4]: "number",
  [builtins.INT8]: "number",
  [builtins.FLOAT8]: "number",
  [builtins.TEXT]: "text",
};

/** Answers over one connection, as Grafana asks: the text as it is interpolated, and no parameters. */
export async function askSql(
  client: pg.Client,
  { sql }: Pick<SqlQuery, "sql">,
  range: Range,
  choices: Choices,
): Promise<Answer> {
  const { fields, rows } = await client.query<Record<string, unknown>>(interpolateSql(sql, range, choices));
  const columns = fields.map(
    ({ name, dataTypeID }) => [name, TYPES[dataTypeID] ?? `type ${dataTypeID}`] as const,
  );
  return { columns: Object.fromEntries(columns), rows };
}

/** The numbers in the answer; those that are not known are left out. */
export function numbersIn({ columns, rows }: Answer): number[] {
  const names = Object.keys(columns).filter((name) => columns[name] === "number");
  return rows.flatMap((row) =>
    names
      .map((name) => row[name])
      .filter((value) => value !== null)
      .map(Number),
  );
}

/** Columns of numbers that are 0, or not known, in every row. */
export function columnsOfNothing({ columns, rows }: Answer): string[] {
  return Object.keys(columns).filter(
    (name) => columns[name] === "number" && !rows.some((row) => Number(row[name]) > 0),
  );
}
