export type ElementType =
  | "bigint"
  | "integer"
  | "smallint"
  | "double precision"
  | "boolean"
  | "text"
  | "jsonb"
  | "timestamptz"
  | "bytea";

/** Type OIDs, and the size of an element where it is fixed. Source: PostgreSQL's catalog pg_type. */
const types: Readonly<Record<ElementType, { readonly oid: number; readonly size: number }>> = {
  bigint: { oid: 20, size: 8 },
  integer: { oid: 23, size: 4 },
  smallint: { oid: 21, size: 2 },
  "double precision": { oid: 701, size: 8 },
  boolean: { oid: 16, size: 1 },
  text: { oid: 25, size: 16 },
  jsonb: { oid: 3802, size: 64 },
  timestamptz: { oid: 1184, size: 8 },
  bytea: { oid: 17, size: 64 },
};

const HEADER = 20;
const LENGTH = 4;
/** A UTF-16 code unit takes three bytes at most in UTF-8. */
const BYTES_PER_UNIT = 3;
const JSONB_VERSION = 1;
/** 2000-01-01, from which Postgres counts: microseconds since the Unix epoch. */
const POSTGRES_EPOCH = 946_684_800_000_000n;

/**
 * Writes a one-dimensional array in Postgres' binary format. Unlike a text literal it needs no escaping on this side and no
 * parsing on the other. Source: array_send in PostgreSQL, and the send function of each element type.
 */
export class ArrayWriter {
  readonly #type: ElementType;
  #buffer: Buffer;
  #offset = HEADER;
  #count = 0;
  #hasNull = 0;

  constructor(type: ElementType, expected: number) {
    this.#type = type;
    this.#buffer = Buffer.allocUnsafe(HEADER + expected * (LENGTH + types[type].size));
  }

  /** `undefined` becomes NULL; a timestamptz is microseconds since the Unix epoch. Numbers are checked by Postgres' own rules only where they fit their width. */
  add(value: string | number | bigint | boolean | Uint8Array | undefined): void {
    this.#count++;
    if (value === undefined) {
      this.#hasNull = 1;
      this.#reserve(LENGTH);
      this.#offset = this.#buffer.writeInt32BE(-1, this.#offset);
    } else if (typeof value === "string") this.#addText(value);
    else if (value instanceof Uint8Array) this.#addBytes(value);
    else this.#addFixed(value);
  }

  finish(): Buffer {
    const dimensions = this.#count === 0 ? 0 : 1;
    this.#buffer.writeInt32BE(dimensions, 0);
    this.#buffer.writeInt32BE(this.#hasNull, 4);
    this.#buffer.writeInt32BE(types[this.#type].oid, 8);
    this.#buffer.writeInt32BE(this.#count, 12);
    this.#buffer.writeInt32BE(1, 16);
    return this.#buffer.subarray(0, dimensions === 0 ? 12 : this.#offset);
  }

  #addText(text: string): void {
    const json = this.#type === "jsonb";
    this.#reserve(LENGTH + 1 + text.length * BYTES_PER_UNIT);
    const start = this.#offset + LENGTH;
    let end = start;
    if (json) end = this.#buffer.writeUInt8(JSONB_VERSION, end);
    end += this.#buffer.write(text, end);
    this.#buffer.writeInt32BE(end - start, this.#offset);
    this.#offset = end;
  }

  #addBytes(bytes: Uint8Array): void {
    this.#reserve(LENGTH + bytes.length);
    this.#buffer.writeInt32BE(bytes.length, this.#offset);
    this.#buffer.set(bytes, this.#offset + LENGTH);
    this.#offset += LENGTH + bytes.length;
  }

  #addFixed(value: number | bigint | boolean): void {
    const { size } = types[this.#type];
    this.#reserve(LENGTH + size);
    const at = this.#buffer.writeInt32BE(size, this.#offset);
    if (this.#type === "bigint") this.#buffer.writeBigInt64BE(BigInt(value), at);
    else if (this.#type === "timestamptz") this.#buffer.writeBigInt64BE(BigInt(value) - POSTGRES_EPOCH, at);
    else if (this.#type === "double precision") this.#buffer.writeDoubleBE(Number(value), at);
    else this.#buffer.writeIntBE(Number(value), at, size);
    this.#offset = at + size;
  }

  #reserve(bytes: number): void {
    const needed = this.#offset + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#offset);
    this.#buffer = larger;
  }
}
