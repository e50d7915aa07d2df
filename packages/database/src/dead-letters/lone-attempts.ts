import { sql } from "kysely";
import { Columns } from "../binary/columns.js";
import type { Database } from "../connection/connect.js";
import { type DeadLetter, type MessageKey, insertDeadLetters, messageKeyColumns } from "./dead-letter.js";

const key = new Columns<MessageKey>(messageKeyColumns);

/**
 * Notes that a message is worked on with nothing beside it. The note is committed before the work begins and goes when the work
 * has ended in whatever way, so what is left was written by a process that ended meanwhile.
 *
 * @returns how many such attempts have begun before and not ended
 */
export async function beginLoneAttempt(db: Database, message: MessageKey): Promise<number> {
  const { rows } = await sql<{ begun: number }>`INSERT INTO lone_attempt (${key.names}, begun)
    SELECT ${key.names}, 1 FROM ${key.rows([message])}
    ON CONFLICT (${key.names}) DO UPDATE SET begun = lone_attempt.begun + 1 RETURNING begun`.execute(db);
  return (rows[0]?.begun ?? 1) - 1;
}

export async function endLoneAttempt(db: Database, message: MessageKey): Promise<void> {
  await deleteAttempt(message).execute(db);
}

/** Makes a dead letter of the whole message instead of working on it again. */
export async function giveUpMessage(db: Database, letter: DeadLetter): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await insertDeadLetters(trx, [letter]);
    await deleteAttempt(letter).execute(trx);
  });
}

/** The sequences of those messages of one stream that have been given up whole. */
export async function readGivenUp(
  db: Database,
  messages: readonly MessageKey[],
): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ stream_sequence: bigint }>`
    SELECT stream_sequence FROM ${key.rows(messages)} JOIN dead_letter USING (${key.names})
    WHERE line_number = 0 AND reason = 'crashes_service'`.execute(db);
  return new Set(rows.map(({ stream_sequence }) => Number(stream_sequence)));
}

/** How often work on a message with nothing beside it has begun and not ended; 0: never, or it has ended. */
export async function readLoneAttempts(db: Database, message: MessageKey): Promise<number> {
  const { rows } = await sql<{ begun: number }>`
    SELECT begun FROM ${key.rows([message])} JOIN lone_attempt USING (${key.names})`.execute(db);
  return rows[0]?.begun ?? 0;
}

function deleteAttempt(message: MessageKey) {
  return sql`DELETE FROM lone_attempt USING ${key.rows([message])}
    WHERE (lone_attempt.stream, lone_attempt.stream_sequence, lone_attempt.received_at)
      = (input.stream, input.stream_sequence, input.received_at)`;
}
