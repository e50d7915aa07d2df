import {
  type Database,
  type MessageKey,
  beginLoneAttempt,
  endLoneAttempt,
  giveUpMessage,
} from "@cc-ingest/database";
import { type Delivery, type Retrying, StoppedError } from "@cc-ingest/jetstream";
import type { Logger } from "@cc-ingest/telemetry";
import { type LineOrigin, deadLetter } from "./decode-batch.js";
import { mayBlameMessage } from "./failures.js";
import { countLetters } from "./metrics/count-batch.js";
import type { ServiceMetrics } from "./metrics/service-metrics.js";
import { logRejects } from "./process-batch.js";

/**
 * From this delivery on a message is worked on alone. It may have been with the one that ended the process; or there was an outage,
 * and being alone costs it nothing but time.
 */
export const ALONE_FROM_DELIVERY = 3;

/** A message that was worked on alone so often while the process ended is not worked on again. */
const ENDED_PROCESSES = 3;

export interface LoneContext {
  readonly db: Database;
  readonly origin: LineOrigin;
  readonly log: Logger;
  readonly metrics: ServiceMetrics;
}

/**
 * Works on a message with nothing beside it, or makes a dead letter of it when that has ended the process again and again: by a crash,
 * for want of memory, or killed because it did not answer any more. What counts is an attempt that began and did not end, never
 * how often the message was delivered: without the database no attempt begins.
 */
export async function processAlone(
  { db, origin, log, metrics }: LoneContext,
  delivery: Delivery,
  retrying: Retrying,
  process: () => Promise<void>,
): Promise<void> {
  const { stream, sequence, data, deliveryCount } = delivery;
  const message = messageKey(delivery);
  const ended = await retrying(() => beginLoneAttempt(db, message));
  log.info({ stream, sequence, deliveryCount, ended }, "working on a message alone");
  if (ended >= ENDED_PROCESSES) {
    const letter = deadLetter(
      origin,
      delivery,
      { line: 0, raw: data },
      {
        reason: "crashes_service",
        message: `the process ended ${ended} times while it worked on this message and on nothing else`,
      },
    );
    await retrying(() => giveUpMessage(db, letter));
    countLetters(metrics, [letter]);
    logRejects(log, [letter]);
    return;
  }
  try {
    await process();
  } catch (error) {
    // The database may be what failed: then the attempt counts until the message succeeds.
    if (error instanceof StoppedError || !mayBlameMessage(error))
      await endLoneAttempt(db, message).catch((failure: unknown) => {
        log.warn({ err: failure, stream, sequence }, "could not note that a message was not at fault");
      });
    throw error;
  }
  await retrying(() => endLoneAttempt(db, message));
}

export function messageKey({ stream, sequence, storedAt }: Delivery): MessageKey {
  return { stream, streamSequence: sequence, receivedAt: storedAt };
}
