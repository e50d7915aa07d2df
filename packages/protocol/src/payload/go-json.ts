/** A value as Go's encoding/json sees it: bigints are integers of 64 bits, undefined members are left out. */
export type GoValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly GoValue[]
  | { readonly [key: string]: GoValue | undefined };

/**
 * JSON as Go's encoding/json writes it: compact, `<`, `>`, `&`, U+2028 and U+2029 escaped, maps in the order given.
 * Real producers write it so, and decoders must cope with it.
 */
export function goJson(value: GoValue): string {
  if (value === null || typeof value === "boolean") {
    return String(value);
  }
  if (typeof value === "bigint") {
    return value.toString();
  }
  if (typeof value === "number") {
    // NaN stays NaN, which no receiver accepts; null would become a default there.
    return Object.is(value, -0) ? "-0" : String(value);
  }
  if (typeof value === "string") {
    return goString(value);
  }
  if (isArray(value)) {
    return `[${value.map(goJson).join(",")}]`;
  }
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) {
      members.push(`${goString(key)}:${goJson(member)}`);
    }
  }
  return `{${members.join(",")}}`;
}

function isArray(value: GoValue): value is readonly GoValue[] {
  return Array.isArray(value);
}

function goString(text: string): string {
  return JSON.stringify(text).replaceAll(/[<>&\u2028\u2029]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
