import type { DeadLetter, LineSource } from "@cc-ingest/database";
import type { Delivery } from "@cc-ingest/jetstream";
import { type MessageOutcome, type Precision, decodeMessage } from "@cc-ingest/protocol";
import type { DeadLetterReason } from "./dead-letter-reasons.js";

/** A delivery, or a part of a message that was kept. `firstLine`: where the part stands in its message; 1-based. */
export type Input = Delivery & { readonly firstLine?: number };

/** An event with the message it came in. */
export type Sourced<Event> = Event & {
  readonly delivery: Input;
  /** It has been delivered before, so it may have been applied before. */
  readonly redelivered: boolean;
};

export interface DecodedBatch<Event> {
  readonly events: readonly Sourced<Event>[];
  readonly deadLetters: readonly DeadLetter[];
}

/** Who gives up on a line. */
export interface LineOrigin {
  readonly service: string;
  readonly build: string;
}

export interface DecodeContext<Event> extends LineOrigin {
  readonly precision: Precision;
  readonly maxAheadSeconds?: number | undefined;
  /** The event this service makes of a line, why it refuses it, or undefined for what is not its kind. */
  readonly accept: (outcome: MessageOutcome, subject: string) => Event | Rejection | undefined;
}

/** What every service's events have: where they came from. */
export interface LineEvent {
  readonly kind: string;
  readonly line: number;
  readonly raw: Uint8Array;
  /** Nanoseconds: the line's timestamp, else the stream's time. */
  readonly eventTime: bigint;
  /** Why a part of the line is refused; the event is the rest of it. */
  readonly refused?: Rejection | undefined;
}

/** Decodes a batch of messages. Every line ends as an event or as a dead letter. Pure. */
export function decodeBatch<Event extends LineEvent>(
  deliveries: readonly Input[],
  context: DecodeContext<Event>,
): DecodedBatch<Event> {
  const events: Sourced<Event>[] = [];
  const deadLetters: DeadLetter[] = [];
  const { precision, maxAheadSeconds } = context;
  for (const delivery of deliveries) {
    const options = { precision, maxAheadSeconds, streamTime: delivery.storedAt };
    const redelivered = delivery.deliveryCount > 1;
    for (const decoded of decodeMessage(delivery.data, options)) {
      const outcome = delivery.firstLine === undefined ? decoded : moved(decoded, delivery.firstLine);
      const event = context.accept(outcome, delivery.subject) ?? rejection(outcome);
      const refused = "reason" in event ? event : event.refused;
      if (refused !== undefined) deadLetters.push(deadLetter(context, delivery, outcome, refused));
      if (!("reason" in event)) events.push({ ...event, delivery, redelivered });
    }
  }
  return { events, deadLetters };
}

export interface Rejection {
  readonly reason: DeadLetterReason;
  readonly message: string;
  readonly sqlstate?: string | undefined;
}

/** The dead letter of one line. */
export function deadLetter(
  origin: LineOrigin,
  delivery: Delivery,
  line: Pick<LineEvent, "line" | "raw">,
  { reason, message, sqlstate }: Rejection,
): DeadLetter {
  return { ...lineSource(origin, delivery, line), reason, message, sqlstate };
}

/** A line as the tables keep it. */
export function lineSource(
  { service, build }: LineOrigin,
  delivery: Delivery,
  line: Pick<LineEvent, "line" | "raw">,
): LineSource {
  return {
    service,
    build,
    stream: delivery.stream,
    streamSequence: delivery.sequence,
    receivedAt: delivery.storedAt,
    subject: delivery.subject,
    headers: delivery.headers(),
    lineNumber: line.line,
    raw: line.raw,
  };
}

function moved(outcome: MessageOutcome, firstLine: number): MessageOutcome {
  return { ...outcome, line: outcome.line + firstLine - 1 };
}

function rejection(outcome: MessageOutcome): Rejection {
  if (outcome.kind === "rejected") {
    // A message about a key names it already.
    const { path, column, code, message } = outcome;
    return { reason: code, message: path === undefined ? `column ${column}: ${message}` : message };
  }
  return {
    reason: "unsupported_event",
    message: `a ${outcome.kind} event does not belong on this subject: check the producer's subjects`,
  };
}
