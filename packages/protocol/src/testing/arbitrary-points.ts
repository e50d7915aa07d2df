import fc from "fast-check";
import type { FieldValue, Point } from "../line/point.js";

/** Characters that mean something to a decoder, and some that must not. */
const awkward = fc.constantFrom(
  " ",
  ",",
  "=",
  "\\",
  '"',
  "#",
  "a",
  "é",
  "ſ",
  "\u{1f600}",
  "\ufeff",
  "\ufffd",
  "n",
  "t",
  "0",
  "-",
  ".",
  "\u00a0",
);

const name = fc
  .array(fc.oneof(awkward, fc.string({ unit: "grapheme", maxLength: 3 })), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(""))
  // oxlint-disable-next-line no-control-regex
  .filter((text) => text !== "" && !/[\u0000-\u001f\u007f]|\\$/.test(text) && text.isWellFormed());

const text = fc
  .array(
    fc.oneof(
      awkward,
      fc.constantFrom("\n", "\r", "\t", "\0"),
      fc.string({ unit: "grapheme", maxLength: 20 }),
    ),
  )
  .map((parts) => parts.join(""))
  .filter((value) => value.isWellFormed());

const value: fc.Arbitrary<FieldValue> = fc.oneof(
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((number) => ({ kind: "float" as const, value: number })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((number) => ({ kind: "integer" as const, value: number })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((number) => ({ kind: "unsigned" as const, value: number })),
  fc.boolean().map((truth) => ({ kind: "boolean" as const, value: truth })),
  text.map((string) => ({ kind: "string" as const, value: string })),
);

/** Points that can be written: sorted tag sets, at least one field. */
export const points: fc.Arbitrary<Point> = fc.record(
  {
    measurement: name.filter((measurement) => !measurement.startsWith("#")),
    tags: fc
      .uniqueArray(fc.tuple(name, name), { selector: ([key]) => key, maxLength: 5 })
      .map((tags) => tags.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))),
    fields: fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 4 }),
    timestamp: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { nil: undefined }),
  },
  { noNullPrototype: true },
);

const pieces = [
  "cpu",
  "m",
  "#",
  "# c",
  "\n",
  "\r\n",
  "\r",
  " ",
  "  ",
  ",",
  "=",
  "\\",
  "\\ ",
  "\\,",
  "\\=",
  "\\\\",
  '"',
  '\\"',
  '"a b"',
  '"a\nb"',
  '"a\\nb"',
  "1",
  "1i",
  "-1i",
  "1u",
  "-1u",
  "1.5",
  ".5",
  "1.",
  "1e3",
  "1e",
  "-",
  "t",
  "true",
  "f",
  "tRue",
  "0x1p4",
  "0x1.8p-1074",
  "1_0",
  "_",
  "9223372036854775807i",
  "9223372036854775808i",
  "1e400",
  "123",
  "-9223372036854775808",
  "9223372036854775808",
  "18446744073709551615u",
  "18446744073709551616u",
  "é",
  "\ufffd",
  "\0",
  "\t",
  "\u007f",
  "v=1",
  'v="x"',
  "a=b",
  ",a=b",
  "m v=1",
  "m,a=b v=1 5",
  "00012i",
  "5 6",
  "v=1,w=2i",
];
const rawBytes = [0xff, 0xc3, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0xe0, 0x9f, 0xf0, 0x8f];

const piece = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...pieces).map((string) => new TextEncoder().encode(string)) },
  { weight: 1, arbitrary: fc.constantFrom(...rawBytes).map((byte) => Uint8Array.of(byte)) },
);

/** Bytes that look like line protocol, and are it now and then. */
export const lineLikeBytes: fc.Arbitrary<Uint8Array> = fc
  .array(piece, { maxLength: 14 })
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
