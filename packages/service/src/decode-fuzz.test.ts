import { readFileSync, readdirSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { MessageOutcome } from "@cc-ingest/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { deadLetterReasons } from "./dead-letter-reasons.js";
import { decodeBatch } from "./decode-batch.js";
import { deliveryOf } from "./testing/delivery.js";

const fixtures = new URL("../../protocol/fixtures/", import.meta.url);
const corpus = ["valid", "invalid"].flatMap((kind) =>
  readdirSync(new URL(`${kind}/`, fixtures)).map((name) =>
    readFileSync(new URL(`${kind}/${name}`, fixtures)),
  ),
);
/** What a parser stumbles over, in Latin-1. */
const tokens = [
  "\\",
  '"',
  '\\"',
  "\\\\",
  "\n",
  "\r\n",
  ",",
  "=",
  " ",
  "#",
  "\0",
  "{",
  "}",
  "[",
  "]",
  ":",
  "null",
  "1e400",
  "-0",
  "9223372036854775808",
  "\\u0000",
  "\\ud800",
  '\\"__proto__\\":',
  "event=",
  "function=stop_job",
  "\xff",
  "\xe2\x80\xa8",
  "[".repeat(40),
].map((text) => Buffer.from(text, "latin1"));

const message = fc.constantFrom(...corpus);
/** A place, as a share of the length. Not `fc.double`, which is nearly always next to its ends. */
const place = fc.nat({ max: 10_000 }).map((part) => part / 10_000);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ at: place, insert: fc.constantFrom(...tokens) }),
  fc.record({ at: place, insert: fc.uint8Array({ maxLength: 4 }) }),
  fc.record({ at: place, remove: fc.nat(8) }),
  fc.record({ at: place, insert: message }),
  fc.record({ at: place, remove: fc.constant(Infinity) }),
);
interface Edit {
  readonly at: number;
  readonly insert?: Uint8Array;
  readonly remove?: number;
}
const NOTHING = Buffer.of();
const hostile = fc.tuple(message, fc.array(edit, { maxLength: 3 })).map(([bytes, edits]) => {
  let result: Uint8Array = bytes;
  for (const { at, insert = NOTHING, remove = 0 } of edits) {
    const cut = Math.floor(at * result.length);
    result = Buffer.concat([result.subarray(0, cut), insert, result.subarray(cut + remove)]);
  }
  return result;
});

const context = {
  service: "ingest-jobs",
  build: "1.2.3",
  precision: "auto" as const,
  accept: (outcome: MessageOutcome) => (outcome.kind === "rejected" ? undefined : outcome),
};
const reasons: ReadonlySet<string> = new Set(deadLetterReasons);

/** Postgres takes no NUL, and no half of a surrogate pair. */
function storable(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0");
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "bigint") return BigInt.asIntN(64, value) === value;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return true;
  if (value instanceof Map) return Array.from(value).every(storable);
  return Object.entries(value).every(([key, each]) => storable(key) && storable(each));
}

const MINUTES = Number(process.env["FUZZ_MINUTES"] ?? 0);
const length =
  MINUTES > 0 ? { interruptAfterTimeLimit: MINUTES * 60_000, numRuns: Infinity } : { numRuns: 20_000 };

/** FUZZ_MINUTES=10 makes it longer. */
test(
  "whatever comes in ends, with its bytes, as an event that can be stored or as a dead letter with a reason of the list",
  () => {
    let [applied, refused] = [0, 0];
    const property = fc.property(hostile, (bytes) => {
      const delivery = deliveryOf("", { data: bytes });
      const { events, deadLetters } = decodeBatch([delivery], context);
      const lines = [...events, ...deadLetters];
      for (const { raw } of lines) expect(Buffer.from(bytes).includes(Buffer.from(raw))).toBe(true);
      for (const { delivery: _, raw: __, ...event } of events) expect(storable(event)).toBe(true);
      for (const { reason, message: text } of deadLetters) {
        expect(reasons.has(reason)).toBe(true);
        expect(storable(text)).toBe(true);
      }
      // A message that begins with neither space nor comment has a line.
      expect(lines.length > 0 || !/^[^#\s]/.test(Buffer.from(bytes.subarray(0, 1)).toString("latin1"))).toBe(
        true,
      );
      expect(isDeepStrictEqual(decodeBatch([delivery], context), { events, deadLetters })).toBe(true);
      applied += events.length;
      refused += deadLetters.length;
    });
    fc.assert(property, length);
    // Both must happen often for this to mean anything.
    expect(Math.min(applied, refused)).toBeGreaterThan(500);
  },
  (MINUTES + 2) * 60_000,
);
