import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { decodeLines } from "./decode-lines.js";
import { encodePoints } from "./encode-points.js";
import type { FieldValue, Point, Precision } from "./point.js";

type CorpusValue = { int?: string; uint?: string; float?: number; bool?: boolean; string?: Text };
type Text = string | { binary: string };
interface CorpusPoint {
  time: string;
  name: Text;
  tags: { key: Text; value: Text }[];
  fields: { key: Text; value: CorpusValue }[];
}
interface Corpus {
  decode: {
    input: { key: string; text: Text; defaultTime: string; precision: string };
    output: { result?: CorpusPoint[]; error?: string };
  }[];
  encode: {
    input: { key: string; point: CorpusPoint; precision: string };
    output: { result?: Text; error?: string };
  }[];
}

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const path = process.env["LINE_PROTOCOL_CORPUS"] ?? `${root}../shared/line-protocol-corpus/corpus.json`;
const present = existsSync(path);
if (!present) {
  process.stderr.write(
    `line-protocol corpus not found at ${path}; set LINE_PROTOCOL_CORPUS to run its cases\n`,
  );
}
const corpus: Corpus = present
  ? (JSON.parse(readFileSync(path, "utf8")) as Corpus)
  : { decode: [], encode: [] };
const precisions: Readonly<Record<string, Precision>> = { "1ns": "ns", "1µs": "us", "1ms": "ms", "1s": "s" };

describe.skipIf(!present)("the line-protocol corpus", () => {
  it("decodes every case alike: the same points, or refused", () => {
    expect(corpus.decode.length).toBeGreaterThan(0);
    const ours = corpus.decode.map(({ input }) => {
      const lines = [...decodeLines(bytesOf(input.text), { precision: precisionOf(input.precision) })];
      const points = lines.flatMap((line) => (line.ok ? [plain(line.point, BigInt(input.defaultTime))] : []));
      return { key: input.key, decoded: points.length === lines.length ? points : "refused" };
    });
    const theirs = corpus.decode.map(({ input, output }) => ({
      key: input.key,
      decoded: output.result?.map((point) => plain(pointOf(point), 0n)) ?? "refused",
    }));
    expect(ours).toStrictEqual(theirs);
  });

  it("encodes every case alike, byte for byte", () => {
    expect(corpus.encode.length).toBeGreaterThan(0);
    const ours = corpus.encode.map(({ input }) => {
      const result = encodePoints([pointOf(input.point)], { precision: precisionOf(input.precision) });
      return {
        key: input.key,
        encoded: result.ok ? Buffer.from(result.bytes).toString("latin1") : "refused",
      };
    });
    const theirs = corpus.encode.map(({ input, output }) => ({
      key: input.key,
      encoded:
        output.result === undefined ? "refused" : Buffer.from(bytesOf(output.result)).toString("latin1"),
    }));
    expect(ours).toStrictEqual(theirs);
  });
});

function precisionOf(text: string): Precision {
  const precision = precisions[text];
  if (precision === undefined) {
    throw new Error(`the corpus has an unknown precision ${text}`);
  }
  return precision;
}

function bytesOf(text: Text): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : Buffer.from(text.binary, "base64");
}

function textOf(text: Text): string {
  return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytesOf(text));
}

function valueOf(value: CorpusValue): FieldValue {
  if (value.int !== undefined) {
    return { kind: "integer", value: BigInt(value.int) };
  }
  if (value.uint !== undefined) {
    return { kind: "unsigned", value: BigInt(value.uint) };
  }
  if (value.float !== undefined) {
    return { kind: "float", value: value.float };
  }
  if (value.bool !== undefined) {
    return { kind: "boolean", value: value.bool };
  }
  return { kind: "string", value: textOf(value.string ?? "") };
}

function pointOf(point: CorpusPoint): Point {
  return {
    measurement: textOf(point.name),
    tags: point.tags.map(({ key, value }) => [textOf(key), textOf(value)]),
    fields: point.fields.map(({ key, value }) => [textOf(key), valueOf(value)]),
    timestamp: BigInt(point.time),
  };
}

/** Zero has one sign in the corpus, because Go prints -0 as JSON the same way. */
function plain(point: Point, defaultTime: bigint): unknown {
  return {
    ...point,
    timestamp: point.timestamp ?? defaultTime,
    fields: point.fields.map(([key, value]) => [key, value.value === 0 ? { ...value, value: 0 } : value]),
  };
}
