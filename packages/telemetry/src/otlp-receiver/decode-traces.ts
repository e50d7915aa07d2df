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

/** A span as a collector receives it; ids are lower-case hexadecimal. */
export interface ReceivedSpan {
  readonly name: string;
  readonly kind: "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly links: readonly ReceivedLink[];
  readonly events: readonly { readonly name: string; readonly attributes: ReceivedAttributes }[];
  readonly attributes: ReceivedAttributes;
  readonly status: { readonly code: "unset" | "ok" | "error"; readonly message: string };
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Attributes of the process that sent it, such as `service.name`. */
  readonly resource: ReceivedAttributes;
  /** Name of the instrumentation scope. */
  readonly scope: string;
}

export interface ReceivedLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: ReceivedAttributes;
}

const kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
const statuses = ["unset", "ok", "error"] as const;

/** Fields of one message by number; field numbers are those of opentelemetry-proto 1.x. */
class Message {
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

/** Decodes the body of an OTLP/HTTP protobuf request, an ExportTraceServiceRequest. Throws on other bytes. */
export function decodeTraces(body: Uint8Array): ReceivedSpan[] {
  return new Message(body).messages(1).flatMap((resourceSpans) => {
    const resource = attributes(resourceSpans.messages(1).at(-1), 1);
    return resourceSpans.messages(2).flatMap((scopeSpans) => {
      const scope = scopeSpans.messages(1).at(-1)?.text(1) ?? "";
      return scopeSpans.messages(2).map((span) => decodeSpan(span, resource, scope));
    });
  });
}

function decodeSpan(span: Message, resource: ReceivedAttributes, scope: string): ReceivedSpan {
  const status = span.messages(15).at(-1);
  return {
    name: span.text(5),
    kind: kinds[Number(span.integer(6) ?? 0n)] ?? "unspecified",
    traceId: span.hex(1),
    spanId: span.hex(2),
    parentSpanId: span.hex(4) || undefined,
    links: span
      .messages(13)
      .map((link) => ({ traceId: link.hex(1), spanId: link.hex(2), attributes: attributes(link, 4) })),
    events: span.messages(11).map((event) => ({ name: event.text(2), attributes: attributes(event, 3) })),
    attributes: attributes(span, 9),
    status: {
      code: statuses[Number(status?.integer(3) ?? 0n)] ?? "unset",
      message: status?.text(2) ?? "",
    },
    startNs: span.integer(7) ?? 0n,
    endNs: span.integer(8) ?? 0n,
    resource,
    scope,
  };
}

function attributes(message: Message | undefined, number: number): ReceivedAttributes {
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
