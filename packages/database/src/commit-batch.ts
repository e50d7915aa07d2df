import { type Transaction, sql } from "kysely";
import type { Database } from "./connect.js";
import { type DeadLetter, insertDeadLetters } from "./dead-letters/dead-letter.js";
import { classifyDatabaseError } from "./errors.js";
import type { Schema } from "./schema.js";

type Trx = Transaction<Schema>;

export interface Batch<Event, Outcome> {
  readonly events: readonly Event[];
  /** Lines that were rejected before they got here. */
  readonly deadLetters: readonly DeadLetter[];
  /** Applies events and gives an outcome for each, in order. Called again with fewer events when one of them fails. */
  readonly apply: (trx: Trx, events: readonly Event[]) => Promise<readonly Outcome[]>;
  /** Describes an event that the database refused for its own data. */
  readonly toDeadLetter: (event: Event, error: unknown) => DeadLetter;
}

/** So many refused events, and at least half of a batch, are no accident of the input: see `SuspectBatchError`. */
const SUSPECT_FAILURES = 8;

/** The database refused half a batch or more for its data. That is this program's fault: nothing was committed. */
export class SuspectBatchError extends Error {
  override readonly name = "SuspectBatchError";
}

/**
 * Commits a whole batch at once: every event is applied or becomes a dead letter, in one transaction.
 *
 * The usual way costs no savepoint. Only when the data of some event is refused does a second pass find it by bisection.
 *
 * @returns an outcome per event, in order
 * @throws SuspectBatchError, or the database's error when it is not a matter of data (see `classifyDatabaseError`)
 */
export async function commitBatch<Event, Outcome>(
  db: Database,
  batch: Batch<Event, Outcome>,
): Promise<readonly (Outcome | "rejected")[]> {
  try {
    return await db.transaction().execute(async (trx) => {
      const outcomes = await batch.apply(trx, batch.events);
      await insertDeadLetters(trx, batch.deadLetters);
      return outcomes;
    });
  } catch (error) {
    if (classifyDatabaseError(error) !== "data" || batch.events.length === 0) throw error;
  }
  return await db.transaction().execute(async (trx) => {
    const refused: DeadLetter[] = [];
    const outcomes = await bisect(trx, batch.events, batch.apply, (event, error) => {
      refused.push(batch.toDeadLetter(event, error));
    });
    if (refused.length >= SUSPECT_FAILURES && refused.length * 2 >= batch.events.length) {
      throw new SuspectBatchError(
        `the database refused ${refused.length} of ${batch.events.length} events, first: ${refused[0]?.message}`,
      );
    }
    await insertDeadLetters(trx, [...batch.deadLetters, ...refused]);
    return outcomes;
  });
}

async function bisect<Event, Outcome>(
  trx: Trx,
  events: readonly Event[],
  apply: Batch<Event, Outcome>["apply"],
  onRefused: (event: Event, error: unknown) => void,
): Promise<(Outcome | "rejected")[]> {
  await sql`SAVEPOINT part`.execute(trx);
  try {
    const outcomes = await apply(trx, events);
    await sql`RELEASE SAVEPOINT part`.execute(trx);
    return [...outcomes];
  } catch (error) {
    if (classifyDatabaseError(error) !== "data") throw error;
    await sql`ROLLBACK TO SAVEPOINT part`.execute(trx);
    const [event] = events;
    if (event !== undefined && events.length === 1) {
      onRefused(event, error);
      return ["rejected"];
    }
  }
  const middle = Math.ceil(events.length / 2);
  const left = await bisect(trx, events.slice(0, middle), apply, onRefused);
  const right = await bisect(trx, events.slice(middle), apply, onRefused);
  return [...left, ...right];
}
