import type { RetiredReport } from "@cc-ingest/database";
import type { ColumnSource } from "hyparquet-writer";
import { type Column, columns } from "./schema.js";

type Value = RetiredReport[keyof RetiredReport];

interface Values {
  readonly set: (index: number, value: Value) => void;
  /** The first of them; nothing of it may be used after the next `set`. */
  readonly take: (count: number) => ColumnSource["data"];
}

/**
 * Rows by column in little memory: numbers side by side, and one copy of each text. A row is garbage at once that way, and cheap;
 * rows kept until their group is written would fill the heap with what is costly to collect.
 */
export class RowGroup {
  readonly #size: number;
  readonly #columns: readonly { readonly name: Column["name"]; readonly values: Values }[];
  #rows = 0;

  constructor(size: number) {
    this.#size = size;
    this.#columns = columns.map(({ name, kind }) => ({ name, values: valuesOf(kind, size) }));
  }

  get isEmpty(): boolean {
    return this.#rows === 0;
  }

  get isFull(): boolean {
    return this.#rows === this.#size;
  }

  add(row: RetiredReport): void {
    for (const { name, values } of this.#columns) values.set(this.#rows, row[name]);
    this.#rows++;
  }

  /** The rows so far, to be written before another one is added. */
  take(): ColumnSource[] {
    const count = this.#rows;
    this.#rows = 0;
    return this.#columns.map(({ name, values }) => ({ name, data: values.take(count) }));
  }
}

function valuesOf(kind: Column["kind"], size: number): Values {
  if (kind === "int32") return numbers(new Int32Array(size), Number);
  if (kind === "int64") return numbers(new BigInt64Array(size), exactly);
  return shared(size, kind === "texts" ? (text) => JSON.parse(text) as Parsed : (text) => text);
}

/** A number would have lost digits already. */
function exactly(value: Value): bigint {
  if (typeof value !== "bigint") throw new TypeError(`a 64-bit integer came as ${typeof value}`);
  return value;
}

function numbers<T extends number | bigint>(
  values: { [index: number]: T } & (Int32Array | BigInt64Array),
  convert: (value: Value) => T,
): Values {
  return {
    set: (index, value) => void (values[index] = convert(value)),
    take: (count) => values.subarray(0, count),
  };
}

type Parsed = string | readonly (string | null)[];

/** Texts, or what they stand for, each once. */
function shared(size: number, parse: (text: string) => Parsed): Values {
  const values = Array.from<Parsed | null>({ length: size }).fill(null);
  const known = new Map<Value, Parsed | null>([[null, null]]);
  return {
    set(index, value) {
      let parsed = known.get(value);
      if (parsed === undefined) known.set(value, (parsed = parse(String(value))));
      values[index] = parsed;
    },
    take(count) {
      known.clear();
      known.set(null, null);
      return values.slice(0, count);
    },
  };
}
