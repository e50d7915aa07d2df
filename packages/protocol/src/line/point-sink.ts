import { type LineSink, type Token, keyText, measurementText } from "./line-sink.js";
import type { FieldValue, Point } from "./point.js";
import type { Source } from "./source.js";
import { compareUtf8 } from "./utf8.js";

/** Builds the point of each entry. */
export class PointSink implements LineSink {
  #measurement = "";
  #tags: (readonly [string, string])[] = [];
  #tagOffsets: number[] = [];
  #fields: (readonly [string, FieldValue])[] = [];
  #timestamp: bigint | undefined;

  entry(): void {
    this.#tags = [];
    this.#tagOffsets = [];
    this.#fields = [];
    this.#timestamp = undefined;
  }

  measurement(name: Token, source: Source): void {
    this.#measurement = measurementText(name, source);
  }

  tag(key: Token, value: Token, source: Source): void {
    this.#tags.push([keyText(key, source), keyText(value, source)]);
    this.#tagOffsets.push(key.start);
  }

  openString(): number {
    return -1;
  }

  stringField(key: Token, _start: number, value: string, source: Source): void {
    this.#fields.push([keyText(key, source), { kind: "string", value }]);
  }

  field(key: Token, value: FieldValue, source: Source): void {
    this.#fields.push([keyText(key, source), value]);
  }

  timestamp(value: bigint): void {
    this.#timestamp = value;
  }

  get point(): Point {
    return {
      measurement: this.#measurement,
      tags: this.#tags,
      fields: this.#fields,
      timestamp: this.#timestamp,
    };
  }

  /** Sorts the tag set. Returns the offset in the input of a tag whose key occurred before. */
  finish(): number | undefined {
    const tags = this.#tags;
    if (isAscending(tags)) {
      return undefined;
    }
    const seen = new Set<string>();
    for (const [i, [key]] of tags.entries()) {
      if (seen.has(key)) {
        return this.#tagOffsets[i];
      }
      seen.add(key);
    }
    tags.sort((a, b) => compareUtf8(a[0], b[0]));
    return undefined;
  }
}

/** Whether the keys are sorted and none occurs twice, as most producers send them. */
function isAscending(tags: readonly (readonly [string, string])[]): boolean {
  let previous: string | undefined;
  for (const [key] of tags) {
    if (previous !== undefined && compareUtf8(previous, key) >= 0) {
      return false;
    }
    previous = key;
  }
  return true;
}
