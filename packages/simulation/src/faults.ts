import TinyQueue from "tinyqueue";
import { badLine } from "./bad-lines.js";
import type { SimulatedMessage } from "./messages.js";
import type { SimulationOptions } from "./options.js";
import { type Random, createRandom } from "./random.js";

const REPEAT_AFTER_MS = 5_000;

/**
 * What a network and careless producers make of it: stops before their starts, repetitions, malformed lines. Drawn
 * from numbers of its own, so that the same seed gives the same good lines with and without faults.
 */
export function* withFaults(
  messages: Iterable<SimulatedMessage>,
  options: SimulationOptions,
): Generator<SimulatedMessage, undefined> {
  const random = createRandom(options.seed, 4);
  const later = new TinyQueue<SimulatedMessage>([], (a, b) => a.due - b.due);
  const held = new Map<number, SimulatedMessage>();
  for (const plain of messages) {
    yield* take(later, plain.due);
    const message = random.chance(options.badLines) ? withBadLine(plain, random, options) : plain;
    if (random.chance(options.duplicates))
      later.push({ ...message, due: message.due + random.integer(0, REPEAT_AFTER_MS), repeated: true });
    if (message.kind === "start_job" && random.chance(options.stopShuffle)) {
      held.set(message.jobId, message);
      continue;
    }
    yield message;
    const start = message.kind === "stop_job" ? held.get(message.jobId) : undefined;
    if (start === undefined) continue;
    held.delete(message.jobId);
    yield { ...start, due: message.due };
  }
  yield* take(later, Infinity);
  yield* held.values();
  return undefined;
}

/** Everything that is due by then. */
function* take(queue: TinyQueue<SimulatedMessage>, due: number): Generator<SimulatedMessage, undefined> {
  for (let next = queue.peek(); next !== undefined && next.due <= due; next = queue.peek()) {
    queue.pop();
    yield next;
  }
  return undefined;
}

function withBadLine(
  message: SimulatedMessage,
  random: Random,
  { cluster }: SimulationOptions,
): SimulatedMessage {
  const line = badLine(message.kind, cluster, random);
  return { ...message, bytes: Buffer.concat([message.bytes, Buffer.from(`\n${line}`)]), badLines: 1 };
}
