import { isInt64 } from "./int64.js";
import type { Precision } from "./point.js";

const factors = { ns: 1n, us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n } as const;

/** Nanoseconds in one unit of `precision`; `auto` counts as nanoseconds, the unit encoders write. */
export function nanosecondsPer(precision: Precision): bigint {
  return precision === "auto" ? 1n : factors[precision];
}

/**
 * Nanoseconds of a timestamp written in `precision`, or undefined when they leave int64.
 * `auto` reads up to 11 digits as seconds (until the year 5138), 14 as milliseconds, 17 as microseconds.
 */
export function toNanoseconds(value: bigint, precision: Precision): bigint | undefined {
  if (precision === "ns") {
    return value;
  }
  const result = value * (precision === "auto" ? factors[unitByMagnitude(value)] : factors[precision]);
  return isInt64(result) ? result : undefined;
}

function unitByMagnitude(value: bigint): keyof typeof factors {
  const magnitude = value < 0n ? -value : value;
  if (magnitude < 100_000_000_000n) {
    return "s";
  }
  if (magnitude < 100_000_000_000_000n) {
    return "ms";
  }
  return magnitude < 100_000_000_000_000_000n ? "us" : "ns";
}
