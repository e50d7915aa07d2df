import { HTTPException } from "hono/http-exception";

/** A parameter of an address, or a field of a form, that says nothing that can be understood. */
export class BadQuery extends HTTPException {
  override readonly name = "BadQuery";

  constructor(parameter: string, fault: string) {
    super(400, { message: `${parameter} ${fault}` });
  }
}

/** The named ones that say something. */
export function pickText<Name extends string>(
  given: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): Record<Name, string | undefined> {
  const values = names.map((name) => {
    const value = given[name];
    return [name, typeof value === "string" && value.trim() !== "" ? value.trim() : undefined];
  });
  return Object.fromEntries(values) as Record<Name, string | undefined>;
}

const LARGEST = 2n ** 63n - 1n;

/** @throws BadQuery */
export function jobNumber(parameter: string, text: string): bigint {
  const value = /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
  if (value <= 0n || value > LARGEST) throw new BadQuery(parameter, `"${text}" is no job number`);
  return value;
}

/** Unix seconds of a time in UTC, as `2026-03-01T12:30` or with a zone. @throws BadQuery */
export function utcSeconds(parameter: string, text: string): number {
  const plain = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/.test(text);
  const time = Date.parse(plain && text.includes("T") ? `${text}Z` : text);
  if (Number.isNaN(time)) throw new BadQuery(parameter, `"${text}" is no time; write 2026-03-01T12:30`);
  return Math.floor(time / 1_000);
}
