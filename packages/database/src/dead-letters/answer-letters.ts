import { type Transaction, sql } from "kysely";
import { type Column, Columns } from "../binary/columns.js";
import { ids } from "../binary/ids.js";
import type { Database } from "../connection/connect.js";
import type { DeadLetterActionTable, DeadLetterStatus, Schema } from "../schema.js";
import { type LineKey, lineKeyColumns, storable } from "./dead-letter.js";
import type { LetterSummary, StoredLetter } from "./find-letters.js";

type Trx = Transaction<Schema>;

/** Who answers dead letters. */
export interface Actor {
  readonly name: string;
  /** The version of the program they use. */
  readonly build: string;
}

/** What a replay came to. */
export interface Verdict {
  readonly letter: StoredLetter;
  readonly outcome: "applied" | "refused";
  /** Why it is refused. */
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** What was replayed instead of the letter's own bytes. */
  readonly edited?: Uint8Array | undefined;
}

/** Somebody else has answered one of these dead letters since it was read. Nothing has happened. */
export class AnsweredMeanwhileError extends Error {
  override readonly name = "AnsweredMeanwhileError";
}

interface Claim {
  readonly id: bigint;
  readonly status: DeadLetterStatus;
}

const claimColumns = new Columns<Claim>([
  { name: "id", type: "bigint", value: ({ id }) => id },
  { name: "status", type: "text", value: ({ status }) => status },
]);

/**
 * Takes dead letters for a replay, at the beginning of the transaction that applies them. Whoever comes second waits for this
 * transaction.
 *
 * @throws AnsweredMeanwhileError when one is not as it was read
 */
export async function claimLetters(trx: Trx, letters: readonly StoredLetter[]): Promise<void> {
  const { numAffectedRows } =
    await sql`UPDATE dead_letter SET status = 'replaying' FROM ${claimColumns.rows(letters)}
    WHERE dead_letter.id = input.id AND dead_letter.status = input.status`.execute(trx);
  if (Number(numAffectedRows) !== letters.length)
    throw new AnsweredMeanwhileError("a dead letter has been answered by somebody else");
}

/** Records what became of claimed dead letters, at the end of the transaction: those that are refused again are open again. */
export async function recordReplay(trx: Trx, verdicts: readonly Verdict[], actor: Actor): Promise<void> {
  const refused = verdicts.filter(({ outcome }) => outcome === "refused").map(({ letter }) => letter.id);
  if (refused.length > 0)
    await sql`UPDATE dead_letter SET status = 'open' WHERE id = ANY(${ids(refused)})`.execute(trx);
  await insertActions(
    trx,
    verdicts.map((verdict) => ({ ...verdict, key: verdict.letter, action: "replay", actor })),
  );
}

/** Closes dead letters that have been applied, once nothing of that can be lost any more. One that was opened again stays open. */
export async function finishReplay(db: Database, letters: readonly { readonly id: bigint }[]): Promise<void> {
  if (letters.length === 0) return;
  await sql`UPDATE dead_letter SET status = 'replayed'
    WHERE id = ANY(${ids(letters.map(({ id }) => id))}) AND status = 'replaying'`.execute(db);
}

/** Discards those of these dead letters that are open. @returns the ids of what it discarded */
export async function discardLetters(
  db: Database,
  letters: readonly LetterSummary[],
  actor: Actor,
  note: string | undefined,
): Promise<ReadonlySet<bigint>> {
  return await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: bigint }>`UPDATE dead_letter SET status = 'discarded'
      WHERE id = ANY(${ids(letters.map(({ id }) => id))}) AND status = 'open' RETURNING id`.execute(trx);
    const discarded = new Set(rows.map(({ id }) => id));
    const outcome = "discarded";
    await insertActions(
      trx,
      letters
        .filter(({ id }) => discarded.has(id))
        .map((key) => ({ key, action: "discard", outcome, actor, message: note })),
    );
    return discarded;
  });
}

interface NewAction extends Pick<Verdict, "reason" | "message" | "edited"> {
  readonly key: LineKey;
  readonly action: DeadLetterActionTable["action"];
  readonly outcome: DeadLetterActionTable["outcome"];
  readonly actor: Actor;
}

const actionColumns = new Columns<NewAction>([
  ...lineKeyColumns.map(({ name, type, value }): Column<NewAction> => ({
    name,
    type,
    value: ({ key }) => value(key),
  })),
  { name: "action", type: "text", value: ({ action }) => action },
  { name: "outcome", type: "text", value: ({ outcome }) => outcome },
  { name: "actor", type: "text", value: ({ actor }) => storable(actor.name) },
  { name: "build", type: "text", value: ({ actor }) => actor.build },
  { name: "reason", type: "text", value: ({ reason }) => reason },
  {
    name: "message",
    type: "text",
    value: ({ message }) => (message === undefined ? undefined : storable(message)),
  },
  { name: "edited", type: "bytea", value: ({ edited }) => edited },
]);

async function insertActions(trx: Trx, actions: readonly NewAction[]): Promise<void> {
  if (actions.length === 0) return;
  await sql`INSERT INTO dead_letter_action (${actionColumns.names})
    SELECT ${actionColumns.names} FROM ${actionColumns.rows(actions)}`.execute(trx);
}

/** An entry of a dead letter's audit trail. */
export interface LetterAction {
  readonly action: DeadLetterActionTable["action"];
  readonly outcome: DeadLetterActionTable["outcome"];
  readonly actor: string;
  readonly databaseUser: string;
  readonly at: Date;
  readonly build: string;
  readonly reason: string | undefined;
  /** Of a discard: the note its actor left. */
  readonly message: string | undefined;
  readonly edited: Uint8Array | undefined;
}

const keyColumns = new Columns<LineKey>(lineKeyColumns);

/** What has been done about the dead letter of a line, the oldest first. */
export async function readActions(db: Database, line: LineKey): Promise<LetterAction[]> {
  const rows = await db
    .selectFrom("dead_letter_action")
    .selectAll()
    .where(
      sql<boolean>`(stream, stream_sequence, received_at, line_number) = (SELECT ${keyColumns.names} FROM ${keyColumns.rows([line])})`,
    )
    .orderBy("id")
    .execute();
  return rows.map(({ action, outcome, actor, database_user, acted_at, build, reason, message, edited }) => ({
    action,
    outcome,
    actor,
    databaseUser: database_user,
    at: acted_at,
    build,
    reason: reason ?? undefined,
    message: message ?? undefined,
    edited: edited ?? undefined,
  }));
}
