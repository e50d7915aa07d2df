import { type Transaction, sql } from "kysely";
import { type Column, Columns } from "../binary/columns.js";
import type { Schema } from "../schema.js";

/** The message a line came in, and the line itself: enough to look at it again and to apply it again. */
export interface LineSource {
  readonly service: string;
  readonly stream: string;
  readonly streamSequence: number;
  /** When the stream stored the message: nanoseconds since the epoch. */
  readonly receivedAt: bigint;
  readonly subject: string;
  /** 1-based; 0 stands for the whole message. */
  readonly lineNumber: number;
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

export const sourceColumns: readonly Column<LineSource>[] = [
  { name: "service", type: "text", value: ({ service }) => service },
  { name: "stream", type: "text", value: ({ stream }) => stream },
  { name: "stream_sequence", type: "bigint", value: ({ streamSequence }) => streamSequence },
  { name: "received_at", type: "timestamptz", value: ({ receivedAt }) => receivedAt / 1000n },
  { name: "subject", type: "text", value: ({ subject }) => storable(subject) },
  { name: "line_number", type: "integer", value: ({ lineNumber }) => lineNumber },
  { name: "raw", type: "bytea", value: ({ raw }) => raw },
  {
    name: "headers",
    type: "jsonb",
    value: ({ headers }) => (headers === undefined ? undefined : storable(JSON.stringify(headers))),
  },
  { name: "build", type: "text", value: ({ build }) => build },
];

const columns = new Columns<DeadLetter>([
  ...sourceColumns,
  { name: "reason", type: "text", value: ({ reason }) => reason },
  { name: "message", type: "text", value: ({ message }) => storable(message) },
  { name: "sqlstate", type: "text", value: ({ sqlstate }) => sqlstate },
]);

/** Writes dead letters in the batch's own transaction. One that is already there is left as it is. */
export async function insertDeadLetters(
  trx: Transaction<Schema>,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  await sql`INSERT INTO dead_letter (${columns.names}) SELECT ${columns.names} FROM ${columns.rows(letters)}
    ON CONFLICT DO NOTHING`.execute(trx);
}

/** Bad input is quoted in messages: what text columns can't hold must not keep its dead letter from being written. */
function storable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("\u0000", "\u2400")
    .replaceAll(/\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})/g, "\ufffd");
}
