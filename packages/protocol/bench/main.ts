import { decodeLines, decodeMessage, encodePoints } from "../dist/index.js";
import {
  type EventInput,
  documentedStart,
  generalLines,
  generalPoints,
  largeStart,
  nodeStates,
} from "./inputs.ts";
import { compare, sink } from "./measure.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 31);
/** What decoding and parsing may cost, and with strict validation: `decodeMessage` always validates, so it has to keep both. */
const parseGoal = 1.8;
const validationGoal = 2;

const decoder = new TextDecoder();
const streamTime = 1_760_100_000_000_000_000n;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function microseconds(nanoseconds: number): string {
  return (nanoseconds / 1000).toFixed(2).padStart(9);
}

/** The one pass of `decodeMessage`, which parses and validates. */
function decode(message: Uint8Array): void {
  for (const outcome of decodeMessage(message, { streamTime })) {
    if (outcome.kind === "rejected") {
      throw new Error(outcome.message);
    }
    sink.value = outcome;
  }
}

/** To compare with: our line decoder, then the platform's JSON parser, and nothing validated. */
function parseOnly(message: Uint8Array): void {
  for (const line of decodeLines(message, { whitespaceEscapes: true })) {
    const event = line.ok ? line.point.fields[0]?.[1] : undefined;
    if (event?.kind !== "string") {
      throw new Error("the message holds no event");
    }
    sink.value = JSON.parse(event.value);
  }
}

function benchEvent({ name, message, json }: EventInput): number {
  const floor = (): void => {
    sink.value = JSON.parse(decoder.decode(json));
  };
  const one = compare(floor, () => decode(message), rounds);
  const two = compare(floor, () => parseOnly(message), rounds);
  const columns = [one, two].map(
    ({ product, ratio }) => `${microseconds(product).padStart(11)} µs${ratio.toFixed(2).padStart(7)}`,
  );
  const bytes = `${message.length} B`.padStart(10);
  print(`${name.padEnd(24)}${bytes}${microseconds(one.floor)} µs${columns.join("")}`);
  return one.ratio;
}

print(`Node ${process.version}, median of ${rounds} rounds, floor and product measured in turns\n`);
print("bytes of a message → payload; floor: decode the unescaped bytes + JSON.parse");
print("decodeMessage: parsed and validated in one pass; parse only: decodeLines + JSON.parse");
print(
  ["".padEnd(24), "bytes".padStart(10), "floor".padStart(12)]
    .concat(["decodeMessage", "parse only"].map((title) => title.padStart(14) + "ratio".padStart(7)))
    .join(""),
);
const ratios = [documentedStart(), largeStart(), nodeStates()].map(benchEvent);
print(
  `goals for decodeMessage: ≤ ${parseGoal.toFixed(1)} parsed, ≤ ${validationGoal.toFixed(1)} validated\n`,
);

const lines = generalLines();
const points = generalPoints();
const { floor, product } = compare(
  () => {
    sink.value = encodePoints(points);
  },
  () => {
    for (const line of decodeLines(lines)) {
      sink.value = line;
    }
  },
  rounds,
);
const speed = (nanoseconds: number): string =>
  `${((lines.length / nanoseconds) * 1000).toFixed(0)} MB/s, ${((points.length / nanoseconds) * 1e6).toFixed(0)} lines/ms`;
print(`lines of 10 tags and 10 fields (${(lines.length / points.length).toFixed(0)} B each)`);
print(`decode ${speed(product)}`);
print(`encode ${speed(floor)}`);

process.exitCode = ratios.every((ratio) => ratio <= validationGoal) ? 0 : 1;
