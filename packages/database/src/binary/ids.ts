import { type RawBuilder, sql } from "kysely";
import { ArrayWriter } from "./array-writer.js";
import type { ElementType } from "./binary-writer.js";

/** A `bigint[]` (or `integer[]`) parameter, for `= ANY(…)`. */
export function ids(values: readonly (bigint | number)[], type: ElementType = "bigint"): RawBuilder<unknown> {
  const writer = new ArrayWriter(type, values.length);
  for (const value of values) writer.add(value);
  return sql`${writer.finish()}::${sql.raw(type)}[]`;
}
