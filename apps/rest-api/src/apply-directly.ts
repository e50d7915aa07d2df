import type { Database, DeadLetter } from "@cc-ingest/database";
import { type LineEvent, type LineOrigin, type Work, applyBatch } from "@cc-ingest/service";

/** What became of the line of a request, before it is committed. */
export interface LineVerdict<Event> {
  /** Undefined when the line gave none. */
  readonly event: Event | undefined;
  /** Of its event. */
  readonly outcome: string | undefined;
  /** Why it, or a part of it, is refused. */
  readonly refusal: DeadLetter | undefined;
}

let requests = 0;

/**
 * Applies a line as the services do, in one transaction. `judge` sees what came of it and throws what the answer is to be when it is
 * not to stand: then nothing is stored, no dead letter either, since whoever asked is told. It may ask the transaction for the reason.
 */
export async function applyDirectly<Event extends LineEvent, Effect>(
  origin: LineOrigin,
  work: Work<Event, Effect>,
  line: Uint8Array,
  path: string,
  judge: (verdict: LineVerdict<Event>, trx: Database) => void | Promise<void>,
): Promise<void> {
  requests += 1;
  const input = {
    data: line,
    subject: path,
    stream: origin.service,
    sequence: requests,
    storedAt: BigInt(Date.now()) * 1_000_000n,
    deliveryCount: 1,
    header: () => undefined,
    headers: () => undefined,
  };
  const recordOf = ([event]: readonly Event[]) => ({
    begin: () => Promise.resolve(),
    end: async (trx: Database, [outcome]: readonly string[], [refusal]: readonly DeadLetter[]) => {
      await judge({ event, outcome, refusal }, trx);
    },
  });
  await applyBatch({ origin, work, precision: "ns" }, [input], (attempt) => attempt(1), recordOf);
}
