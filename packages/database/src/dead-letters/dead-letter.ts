import { type Transaction, sql } from "kysely";
import type { Schema } from "../schema.js";

/** What could not become a row. */
export interface DeadLetter {
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
  /** A code from a closed list. */
  readonly reason: string;
  readonly message: string;
  readonly sqlstate: string | undefined;
  /** The version of the service that gave up on it. */
  readonly build: string;
}

/** Writes dead letters in the batch's own transaction. One that is already there is left as it is. */
export async function insertDeadLetters(
  trx: Transaction<Schema>,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  const rows = letters.map((letter) => ({
    service: letter.service,
    stream: letter.stream,
    stream_sequence: letter.streamSequence,
    received_at: timestamp(letter.receivedAt),
    subject: storable(letter.subject),
    line_number: letter.lineNumber,
    raw: Buffer.from(letter.raw).toString("hex"),
    headers: letter.headers === undefined ? null : JSON.parse(storable(JSON.stringify(letter.headers))),
    reason: letter.reason,
    message: storable(letter.message),
    sqlstate: letter.sqlstate ?? null,
    build: letter.build,
  }));
  await sql`INSERT INTO dead_letter (service, stream, stream_sequence, received_at, subject, line_number, raw, headers,
      reason, message, sqlstate, build)
    SELECT service, stream, stream_sequence, received_at, subject, line_number, decode(raw, 'hex'), headers,
      reason, message, sqlstate, build
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS input (service text, stream text, stream_sequence bigint,
      received_at timestamptz, subject text, line_number integer, raw text, headers jsonb, reason text, message text,
      sqlstate text, build text)
    ON CONFLICT DO NOTHING`.execute(trx);
}

/** ISO 8601 with the microseconds Postgres keeps. */
function timestamp(nanoseconds: bigint): string {
  const micros = nanoseconds / 1000n;
  const iso = new Date(Number(micros / 1000n)).toISOString();
  return `${iso.slice(0, -1)}${String(micros % 1000n).padStart(3, "0")}Z`;
}

/** Bad input is quoted in messages: what text columns can't hold must not keep its dead letter from being written. */
function storable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("\u0000", "\u2400")
    .replaceAll(/\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})/g, "\ufffd");
}
