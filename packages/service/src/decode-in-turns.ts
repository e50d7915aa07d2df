import { setImmediate } from "node:timers/promises";
import pLimit from "p-limit";
import {
  type DecodeContext,
  type DecodedBatch,
  type Input,
  type LineEvent,
  decodeBatch,
} from "./decode-batch.js";

/** About two milliseconds of decoding. */
const TURN_BYTES = 128 * 1024;

/** Two batches that were decoded by turns would both be ready late, and not in the order of their messages. */
const oneBatch = pLimit(1);

/**
 * As `decodeBatch`, in turns with everything else the process does: a batch of large messages takes tens of milliseconds, and
 * meanwhile the other batch in flight, which holds locks in the database, would wait for this process.
 */
export function decodeInTurns<Event extends LineEvent>(
  deliveries: readonly Input[],
  context: DecodeContext<Event>,
): Promise<DecodedBatch<Event>> {
  return oneBatch(() => decode(deliveries, context));
}

async function decode<Event extends LineEvent>(
  deliveries: readonly Input[],
  context: DecodeContext<Event>,
): Promise<DecodedBatch<Event>> {
  const events: DecodedBatch<Event>["events"][number][] = [];
  const deadLetters: DecodedBatch<Event>["deadLetters"][number][] = [];
  for (const [index, turn] of turns(deliveries).entries()) {
    if (index > 0) await setImmediate();
    const decoded = decodeBatch(turn, context);
    for (const event of decoded.events) events.push(event);
    for (const letter of decoded.deadLetters) deadLetters.push(letter);
  }
  return { events, deadLetters };
}

/** Cuts a batch where `TURN_BYTES` are reached. */
export function turns(deliveries: readonly Input[]): Input[][] {
  const all: Input[][] = [];
  let bytes = TURN_BYTES;
  for (const delivery of deliveries) {
    if (bytes >= TURN_BYTES) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)?.push(delivery);
    bytes += delivery.data.length;
  }
  return all;
}
