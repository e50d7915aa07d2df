import type { DeadLetter } from "@cc-ingest/database";
import { type LineEvent, type LineOrigin, type Work, applyBatch } from "@cc-ingest/service";

/** What became of the line of a request, before it is committed. */
export interface LineVerdict {
  /** Of its event; undefined when it gave none. */
  readonly outcome: string | undefined;
  /** Why it, or a part of it, is refused. */
  readonly refusal: DeadLetter | undefined;
}

let requests = 0;

/**
 * Applies a line as the services do, in one transaction. `judge` sees what came of it and throws what the answer is to be when it is
 * not to stand: then nothing is stored, no dead letter either, since whoever asked is told.
 */
export async function applyDirectly<Event extends LineEvent, Effect>(
  origin: LineOrigin,
  work: Work<Event, Effect>,
  line: Uint8Array,
  path: string,
  judge: (verdict: LineVerdict) => void,
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
  const record = {
    begin: () => Promise.resolve(),
    end: async (_: unknown, [outcome]: readonly string[], [refusal]: readonly DeadLetter[]) => {
      judge({ outcome, refusal });
    },
  };
  await applyBatch(
    { origin, work, precision: "ns" },
    [input],
    (attempt) => attempt(1),
    () => record,
  );
}
