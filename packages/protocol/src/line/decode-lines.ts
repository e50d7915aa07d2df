import type { LineErrorCode } from "../codes.js";
import { type Limits, withDefaults } from "../limits.js";
import { positionOf } from "./cursor.js";
import { lineErrorMessages } from "./line-errors.js";
import { LineScanner } from "./line-scanner.js";
import type { Point, Precision } from "./point.js";
import { PointSink } from "./point-sink.js";
import { quoteEscapes, whitespaceEscapes } from "./unescape.js";

/** Where a line stopped being line protocol, and why. */
export interface DecodeError {
  /** 1-based number of the physical line the fault is on (a string may span several). */
  readonly line: number;
  /** 1-based, in bytes of that line. */
  readonly column: number;
  readonly code: LineErrorCode;
  readonly message: string;
}

export type DecodedLine =
  | {
      readonly ok: true;
      /** 1-based number of the line the entry begins on. */
      readonly line: number;
      /** The entry without its line ending: a view of the input, to be copied when kept. */
      readonly raw: Uint8Array;
      readonly point: Point;
    }
  | { readonly ok: false; readonly line: number; readonly raw: Uint8Array; readonly error: DecodeError };

export interface DecodeOptions {
  /** Unit of the timestamps in the input; default `ns`. */
  readonly precision?: Precision;
  /**
   * Resolve `\n`, `\r` and `\t` in strings to the white space they name, as line-protocol 2.2 and ClusterCockpit do.
   * Default false: the backslash stays, as in InfluxDB and the published corpus. `\"` and `\\` are always resolved.
   */
  readonly whitespaceEscapes?: boolean;
  readonly limits?: Partial<Limits>;
}

/**
 * Decodes line protocol as influxdata/line-protocol v2 does, lazily: one result for each entry, nothing for blank
 * lines and comments. The input must not change meanwhile. Bad data never throws; it yields an error and decoding
 * goes on at the next line. An input beyond a limit on bytes or lines yields one error for all that was not read.
 */
export function* decodeLines(input: Uint8Array, options: DecodeOptions = {}): IterableIterator<DecodedLine> {
  const limits = withDefaults(options.limits);
  if (input.length > limits.messageBytes) {
    const error = { line: 1, column: limits.messageBytes + 1, code: "message_too_large" } as const;
    yield {
      ok: false,
      line: 1,
      raw: input,
      error: { ...error, message: lineErrorMessages.message_too_large },
    };
    return;
  }
  const escapes = options.whitespaceEscapes === true ? whitespaceEscapes : quoteEscapes;
  const scanner = new LineScanner(input, limits, options.precision ?? "ns", escapes);
  const sink = new PointSink();
  while (scanner.next(sink)) {
    const { line, lineStart, errorCode } = scanner;
    const raw = input.subarray(lineStart, scanner.entryEnd);
    const duplicate = errorCode === undefined ? sink.finish() : undefined;
    const code = errorCode ?? (duplicate === undefined ? undefined : "duplicate_tag");
    if (code === undefined) {
      yield { ok: true, line, raw, point: sink.point };
    } else {
      const at = positionOf(input, line, lineStart, duplicate ?? scanner.errorOffset);
      yield { ok: false, line, raw, error: { ...at, code, message: lineErrorMessages[code] } };
    }
  }
}
