import { BinaryWriter, type ElementType, type Value, elementTypes } from "./binary-writer.js";

const HEADER = 20;
const LENGTH = 4;

/** Writes a one-dimensional array in Postgres' binary format. Source: array_send in PostgreSQL. */
export class ArrayWriter {
  readonly #type: ElementType;
  readonly #writer: BinaryWriter;
  #count = 0;
  #hasNull = 0;

  constructor(type: ElementType, expected: number) {
    const { oid, size } = elementTypes[type];
    this.#type = type;
    this.#writer = new BinaryWriter(HEADER + expected * (LENGTH + size));
    // Dimensions, whether there are NULLs, element type, length, lower bound.
    for (const field of [1, 0, oid, 0, 1]) this.#writer.int32(field);
  }

  /** `undefined` becomes NULL. @throws RangeError when a number does not fit */
  add(value: Value): void {
    this.#count++;
    if (value === undefined) this.#hasNull = 1;
    this.#writer.value(this.#type, value);
  }

  finish(): Buffer {
    this.#writer.int32At(this.#count === 0 ? 0 : 1, 0);
    this.#writer.int32At(this.#hasNull, 4);
    this.#writer.int32At(this.#count, 12);
    // No dimensions, no length.
    return this.#count === 0 ? this.#writer.bytes.subarray(0, 12) : this.#writer.bytes;
  }
}
