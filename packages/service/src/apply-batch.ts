import { type Batch, type BatchRecord, type DeadLetter, errorCode } from "@cc-ingest/database";
import type { Retrying } from "@cc-ingest/jetstream";
import type { Precision } from "@cc-ingest/protocol";
import { withSpan } from "@cc-ingest/telemetry";
import { type Input, type LineEvent, type LineOrigin, type Sourced, deadLetter } from "./decode-batch.js";
import { decodeInTurns } from "./decode-in-turns.js";
import type { Work } from "./definition.js";
import { lineKey } from "./line-key.js";
import { messageOf } from "./message-of.js";

export interface ApplyContext<Event extends LineEvent, Effect> {
  /** Who gives up on the lines that are refused. */
  readonly origin: LineOrigin;
  readonly work: Work<Event, Effect>;
  readonly precision: Precision;
}

/** What became of the lines of a batch. */
export interface Applied<Event> {
  readonly events: readonly Sourced<Event>[];
  /** One per event. */
  readonly outcomes: readonly string[];
  /** Of the lines that gave no event, or only a part of one. */
  readonly deadLetters: readonly DeadLetter[];
  /** Of the events that were rejected. */
  readonly refusals: readonly DeadLetter[];
}

type SourcedBatch<Event> = Omit<Batch<Sourced<Event>, never, never>, "apply">;

/** What is to be written with a batch, told which events it has. */
export type RecordFor<Event> = (events: readonly Sourced<Event>[]) => BatchRecord;

/** Decodes, applies and dead-letters in one transaction, and tells others what came of it. All that replay and services share. */
export async function applyBatch<Event extends LineEvent, Effect>(
  { origin, work, precision }: ApplyContext<Event, Effect>,
  inputs: readonly Input[],
  retrying: Retrying,
  recordFor?: RecordFor<Event>,
): Promise<Applied<Event>> {
  const { accept, announce, maxAheadSeconds } = work;
  const batch: SourcedBatch<Event> = await withSpan("decode", {}, async () => {
    const decoded = await decodeInTurns(inputs, { ...origin, precision, maxAheadSeconds, accept });
    return {
      ...decoded,
      toDeadLetter: (event, error) => databaseRefusal(origin, event, error),
      record: recordFor?.(decoded.events),
    };
  });
  const { outcomes, effects, refused } = await retrying((attempt) =>
    attempt === 1 ? work.commit(batch, "whole") : work.commit(again(batch), "parts"),
  );
  if (announce !== undefined && effects.length > 0) await retrying(() => announce(effects));
  const { events, deadLetters } = batch;
  const refusals = [...refused, ...ruledOut(events, outcomes, refused, origin, work)];
  return { events, outcomes, deadLetters, refusals };
}

/** Of the events that were rejected although the database took them. */
function ruledOut<Event extends LineEvent>(
  events: readonly Sourced<Event>[],
  outcomes: readonly string[],
  refused: readonly DeadLetter[],
  origin: LineOrigin,
  { whyRejected }: Pick<Work<Event>, "whyRejected">,
): DeadLetter[] {
  if (whyRejected === undefined) return [];
  const known = new Set(refused.map(lineKey));
  return events
    .filter((_, index) => outcomes[index] === "rejected")
    .map((event) => deadLetter(origin, event.delivery, event, whyRejected(event)))
    .filter((letter) => !known.has(lineKey(letter)));
}

/** A commit that failed may have happened all the same, so its events have perhaps been applied but not announced. */
function again<Event>(batch: SourcedBatch<Event>): SourcedBatch<Event> {
  return { ...batch, events: batch.events.map((event) => ({ ...event, redelivered: true })) };
}

function databaseRefusal(origin: LineOrigin, event: Sourced<LineEvent>, error: unknown) {
  return deadLetter(origin, event.delivery, event, {
    reason: "database_refused",
    message: messageOf(error),
    sqlstate: errorCode(error),
  });
}
