import { wireFields, type WireField } from "./wire-reader.js";

export type ReceivedValue =
  | string
  | number
  | boolean
  | bigint
  | null
  | readonly ReceivedValue[]
  | { readonly [key: string]: ReceivedValue };
export type ReceivedAttributes = Readonly<Record<string, ReceivedValue>>;

/** Fields of one message by number; field numbers are those of opentelemetry-proto 1.x. */
export class Message {
  readonly #fields: readonly WireField[];

  constructor(bytes: Uint8Array) {
    this.#fields = [...wireFields(bytes)];
  }

  all(number: number): Uint8Array[] {
    return this.#fields.flatMap((field) =>
      field.number === number && field.type === "bytes" ? [field.value] : [],
    );
  }
  messages(number: number): Message[] {
    return this.all(number).map((bytes) => new Message(bytes));
  }
  bytes(number: number): Uint8Array | undefined {
    return this.all(number).at(-1);
  }
  text(number: number): string {
    return new TextDecoder("utf-8", { fatal: true }).decode(this.bytes(number));
  }
  hex(number: number): string {
    return Buffer.from(this.bytes(number) ?? []).toString("hex");
  }
  integer(number: number): bigint | undefined {
    const field = this.#fields.findLast((each) => each.number === number);
    return field?.type === "integer" ? field.value : undefined;
  }
}

export function attributes(message: Message | undefined, number: number): ReceivedAttributes {
  return Object.fromEntries(
    (message?.messages(number) ?? []).map((pair) => [pair.text(1), anyValue(pair.messages(2).at(-1))]),
  );
}

function anyValue(value: Message | undefined): ReceivedValue {
  if (value === undefined) return null;
  if (value.bytes(1) !== undefined) return value.text(1);
  const boolean = value.integer(2);
  if (boolean !== undefined) return boolean !== 0n;
  const integer = value.integer(3);
  if (integer !== undefined) {
    const signed = BigInt.asIntN(64, integer);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }
  const double = value.integer(4);
  if (double !== undefined) return new Float64Array(BigUint64Array.of(double).buffer)[0] ?? null;
  const array = value.messages(5).at(-1);
  if (array !== undefined) return array.messages(1).map(anyValue);
  const map = value.messages(6).at(-1);
  if (map !== undefined) return attributes(map, 1);
  return value.bytes(7) === undefined ? null : value.hex(7);
}
