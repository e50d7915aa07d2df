import type { Range } from "./range.js";
import { type Choices, replaceVariables } from "./variables.js";

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const formats = {
  sqlstring: (values: readonly string[]) => values.map(literal).join(","),
  raw: (values: readonly string[]) => values.join(","),
};

/** What the macros of Grafana's Postgres data source that the dashboards use stand for. */
const macros: Readonly<Record<string, (range: Range) => string>> = {
  __unixEpochFrom: ({ from }) => String(Math.floor(from)),
  __unixEpochTo: ({ to }) => String(Math.floor(to)),
};

/** The SQL that Grafana would send: variables and macros replaced. Throws on a macro that is not known here. */
export function interpolateSql(sql: string, range: Range, choices: Choices): string {
  // A single value stands as it is, as in Grafana; queries that mean a literal say so by a format.
  const chosen = replaceVariables(sql, choices, formats, formats.raw);
  return chosen
    .replaceAll("$__interval_ms", String(range.step * 1000))
    .replaceAll(/\$(__\w+)\(([^)]*)\)/g, (whole, name) => {
      const macro = macros[String(name)];
      if (macro === undefined) throw new Error(`${whole} is not known`);
      return macro(range);
    })
    .replaceAll(/\$__\w+/g, (whole) => {
      throw new Error(`${whole} is not known`);
    });
}
