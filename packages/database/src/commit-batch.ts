import { type IsolationLevel, type Transaction, sql } from "kysely";
import type { Database } from "./connection/connect.js";
import { type DeadLetter, insertDeadLetters } from "./dead-letters/dead-letter.js";
import { classifyDatabaseError } from "./errors.js";
import { retryConflicts } from "./retry-conflicts.js";
import type { Schema } from "./schema.js";

type Trx = Transaction<Schema>;

/** What applying events came to: an outcome for each, in their order, and what is to be told to others. */
export interface Applied<Outcome, Effect> {
  readonly outcomes: readonly Outcome[];
  readonly effects: readonly Effect[];
}

/** What committing a batch came to. */
export interface Committed<Outcome, Effect> extends Applied<Outcome | "rejected", Effect> {
  /** Of the events whose data the database refused, in their order; written already. */
  readonly refused: readonly DeadLetter[];
}

/** What is written in the transaction of a batch beside its events. */
export interface BatchRecord {
  /** Before the events are applied. What it throws takes back everything. */
  readonly begin: (trx: Trx) => Promise<void>;
  /** After it. `outcomes`: one per event; `deadLetters`: all that the batch left, written already. */
  readonly end: (trx: Trx, outcomes: readonly string[], deadLetters: readonly DeadLetter[]) => Promise<void>;
}

export interface Batch<Event, Outcome, Effect> {
  readonly events: readonly Event[];
  /** Lines that were rejected before they got here. */
  readonly deadLetters: readonly DeadLetter[];
  /** Applies events. Called again with fewer of them when one fails, or when they take too long. */
  readonly apply: (trx: Trx, events: readonly Event[]) => Promise<Applied<Outcome, Effect>>;
  readonly isolation?: IsolationLevel;
  /** Called before a transaction that met another one starts over: what is remembered may be what was wrong. */
  readonly beforeRetry?: () => Promise<void>;
  /** Describes an event that the database refused for its own data. */
  readonly toDeadLetter: (event: Event, error: unknown) => DeadLetter;
  readonly record?: BatchRecord | undefined;
}

/** So many refused events, and at least half of a batch, are no accident of the input: see `SuspectBatchError`. */
const SUSPECT_FAILURES = 8;

/** The database refused half a batch or more for its data. That is this program's fault: nothing was committed. */
export class SuspectBatchError extends Error {
  override readonly name = "SuspectBatchError";
}

/** `parts`: a batch that runs out of time is committed in halves. */
export type CommitMode = "whole" | "parts";

/**
 * Commits a batch: every event is applied or becomes a dead letter, in one transaction, again when it met another one.
 *
 * The usual way costs no savepoint. Only when the data of some event is refused does a second pass find it by bisection.
 *
 * In `parts` mode a batch that runs out of time is committed in two halves, each in a transaction of its own, and so on down
 * to single events. What has committed stays when another part fails: applied again, it is a duplicate.
 *
 * @throws SuspectBatchError, or the database's error when it is not a matter of data (see `classifyDatabaseError`)
 */
export async function commitBatch<Event, Outcome extends string, Effect>(
  db: Database,
  batch: Batch<Event, Outcome, Effect>,
  mode: CommitMode = "whole",
): Promise<Committed<Outcome, Effect>> {
  const { events } = batch;
  try {
    return await retryConflicts(() => commitAtOnce(db, batch), batch.beforeRetry);
  } catch (error) {
    if (classifyDatabaseError(error) !== "timeout" || mode === "whole" || events.length < 2) throw error;
  }
  const middle = Math.ceil(events.length / 2);
  const halves = [
    { ...batch, events: events.slice(0, middle) },
    { ...batch, events: events.slice(middle), deadLetters: [] },
  ];
  const committed: Committed<Outcome, Effect>[] = [];
  const failures: unknown[] = [];
  for (const half of halves)
    await commitBatch(db, half, mode).then(
      (part) => committed.push(part),
      (error: unknown) => failures.push(error),
    );
  if (failures.length > 0) throw failures[0];
  return { ...join(committed), refused: committed.flatMap(({ refused }) => refused) };
}

async function commitAtOnce<Event, Outcome extends string, Effect>(
  db: Database,
  batch: Batch<Event, Outcome, Effect>,
): Promise<Committed<Outcome, Effect>> {
  const transaction = db.transaction().setIsolationLevel(batch.isolation ?? "read committed");
  try {
    return await transaction.execute(async (trx) => {
      await batch.record?.begin(trx);
      const applied = await batch.apply(trx, batch.events);
      await finish(trx, batch, applied, batch.deadLetters);
      return { ...applied, refused: [] };
    });
  } catch (error) {
    if (classifyDatabaseError(error) !== "data" || batch.events.length === 0) throw error;
  }
  return await transaction.execute(async (trx) => {
    const refused: DeadLetter[] = [];
    await batch.record?.begin(trx);
    const applied = await bisect(trx, batch.events, batch.apply, (event, error) => {
      refused.push(batch.toDeadLetter(event, error));
    });
    if (refused.length >= SUSPECT_FAILURES && refused.length * 2 >= batch.events.length) {
      throw new SuspectBatchError(
        `the database refused ${refused.length} of ${batch.events.length} events, first: ${refused[0]?.message}`,
      );
    }
    await finish(trx, batch, applied, [...batch.deadLetters, ...refused]);
    return { ...applied, refused };
  });
}

async function finish<Event, Outcome extends string, Effect>(
  trx: Trx,
  { record }: Pick<Batch<Event, Outcome, Effect>, "record">,
  applied: Applied<Outcome | "rejected", Effect>,
  deadLetters: readonly DeadLetter[],
): Promise<void> {
  await insertDeadLetters(trx, deadLetters);
  await record?.end(trx, applied.outcomes, deadLetters);
}

async function bisect<Event, Outcome, Effect>(
  trx: Trx,
  events: readonly Event[],
  apply: Batch<Event, Outcome, Effect>["apply"],
  onRefused: (event: Event, error: unknown) => void,
): Promise<Applied<Outcome | "rejected", Effect>> {
  await sql`SAVEPOINT part`.execute(trx);
  try {
    const applied = await apply(trx, events);
    await sql`RELEASE SAVEPOINT part`.execute(trx);
    return applied;
  } catch (error) {
    if (classifyDatabaseError(error) !== "data") throw error;
    await sql`ROLLBACK TO SAVEPOINT part`.execute(trx);
    const [event] = events;
    if (event !== undefined && events.length === 1) {
      onRefused(event, error);
      return { outcomes: ["rejected"], effects: [] };
    }
  }
  const middle = Math.ceil(events.length / 2);
  const left = await bisect(trx, events.slice(0, middle), apply, onRefused);
  return join([left, await bisect(trx, events.slice(middle), apply, onRefused)]);
}

function join<Outcome, Effect>(parts: readonly Applied<Outcome, Effect>[]): Applied<Outcome, Effect> {
  return {
    outcomes: parts.flatMap(({ outcomes }) => outcomes),
    effects: parts.flatMap(({ effects }) => effects),
  };
}
