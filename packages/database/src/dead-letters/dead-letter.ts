import { type LineIdentity, peekIdentity } from "@cc-ingest/protocol";
import { type Transaction, sql } from "kysely";
import { type Column, Columns } from "../binary/columns.js";
import type { Schema } from "../schema.js";

/** A message. A stream that is made anew uses its sequence numbers again, at other times. */
export interface MessageKey {
  readonly stream: string;
  readonly streamSequence: number;
  /** When the stream stored it: nanoseconds since the epoch. */
  readonly receivedAt: bigint;
}

export interface LineKey extends MessageKey {
  /** 1-based; 0 stands for the whole message. */
  readonly lineNumber: number;
}

/** The message a line came in, and the line itself: enough to look at it again and to apply it again. */
export interface LineSource extends LineKey {
  readonly service: string;
  readonly subject: string;
  readonly raw: Uint8Array;
  readonly headers: Readonly<Record<string, readonly string[]>> | undefined;
  /** The version of the service that gave up on it. */
  readonly build: string;
}

/** What could not become a row. */
export interface DeadLetter extends LineSource {
  /** A code from a closed list. */
  readonly reason: string;
  readonly message: string;
  readonly sqlstate: string | undefined;
}

export const messageKeyColumns: readonly Column<MessageKey>[] = [
  { name: "stream", type: "text", value: ({ stream }) => stream },
  { name: "stream_sequence", type: "bigint", value: ({ streamSequence }) => streamSequence },
  { name: "received_at", type: "timestamptz", value: ({ receivedAt }) => receivedAt / 1000n },
];

export const lineKeyColumns: readonly Column<LineKey>[] = [
  ...messageKeyColumns,
  { name: "line_number", type: "integer", value: ({ lineNumber }) => lineNumber },
];

export const sourceColumns: readonly Column<LineSource>[] = [
  ...lineKeyColumns,
  { name: "service", type: "text", value: ({ service }) => service },
  { name: "received_at_ns", type: "smallint", value: ({ receivedAt }) => Number(receivedAt % 1000n) },
  { name: "subject", type: "text", value: ({ subject }) => storable(subject) },
  { name: "raw", type: "bytea", value: ({ raw }) => raw },
  {
    name: "headers",
    type: "jsonb",
    value: ({ headers }) => (headers === undefined ? undefined : storable(JSON.stringify(headers))),
  },
  { name: "build", type: "text", value: ({ build }) => build },
];

const columns = new Columns<DeadLetter & LineIdentity>([
  { name: "cluster", type: "text", value: ({ cluster }) => cluster },
  { name: "job_id", type: "bigint", value: ({ jobId }) => jobId },
  ...sourceColumns,
  { name: "reason", type: "text", value: ({ reason }) => reason },
  { name: "message", type: "text", value: ({ message }) => storable(message) },
  { name: "sqlstate", type: "text", value: ({ sqlstate }) => sqlstate },
]);

/**
 * Writes dead letters in the batch's own transaction. One that is already there is left as it is, so that a message which comes
 * again does not open what has been answered.
 */
export async function insertDeadLetters(
  trx: Transaction<Schema>,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  await sql`INSERT INTO dead_letter (${columns.names}) SELECT ${columns.names} FROM ${columns.rows(letters.map(identified))}
    ON CONFLICT DO NOTHING`.execute(trx);
}

/** What they are about, to look for them by. A whole message may be about several things. */
function identified(letter: DeadLetter): DeadLetter & LineIdentity {
  const { lineNumber, raw } = letter;
  return { ...letter, ...(lineNumber === 0 ? { cluster: undefined, jobId: undefined } : peekIdentity(raw)) };
}

/** Bad input is quoted in messages: what text columns can't hold must not keep its dead letter from being written. */
export function storable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("\u0000", "\u2400")
    .replaceAll(/\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})/g, "\ufffd");
}
