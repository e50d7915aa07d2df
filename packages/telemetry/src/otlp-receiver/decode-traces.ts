import { attributes, Message, type ReceivedAttributes } from "./message.js";

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
