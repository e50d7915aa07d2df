/** Not in the library's types yet. Source: the proposal "JSON.parse source text access". */
interface ExactJson {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
}

const exact = JSON as unknown as ExactJson;

/** JSON whose `bigint`s are numbers with all their digits. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_, each: unknown) => (typeof each === "bigint" ? exact.rawJSON(String(each)) : each),
    indent,
  );
}

/** What JSON text says, its numbers kept as they are written; for `toJson`. Undefined when it is not JSON. */
export function parseExactly(text: string): unknown {
  try {
    return exact.parse(text, (_, value, { source }) =>
      typeof value === "number" && source !== undefined ? exact.rawJSON(source) : value,
    );
  } catch {
    return undefined;
  }
}
