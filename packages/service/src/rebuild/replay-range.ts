import { setTimeout as delay } from "node:timers/promises";
import { readGivenUp } from "@cc-ingest/database";
import {
  type Delivery,
  PullLoop,
  type Retrying,
  type Worker,
  ensureRangeConsumer,
  isGone,
} from "@cc-ingest/jetstream";
import type { ConsumerInfo, JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { type ApplyContext, applyBatch } from "../apply-batch.js";
import type { LineEvent } from "../decode-batch.js";
import { retryable } from "../failures.js";
import { ALONE_FROM_DELIVERY, type LoneContext, messageKey, processAlone } from "../process-alone.js";
import { type RangeResult, type RangeTally, addBatch, nothingYet } from "./range-tally.js";

/** The messages of a worker's subject from one sequence of a stream to another, both included. */
export interface Range {
  readonly stream: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

export interface RangeContext<Event extends LineEvent, Effect>
  extends ApplyContext<Event, Effect>, LoneContext {
  readonly nats: NatsConnection;
  readonly jsm: JetStreamManager;
  /** What the connection's user may subscribe to. */
  readonly inboxPrefix: string;
  readonly worker: Worker;
  /** The durable consumer that remembers how far it got. */
  readonly consumer: string;
  /** Whoever comes again with the same purpose goes on. */
  readonly purpose: string;
  readonly stop: AbortSignal;
  readonly onBegin?: (progress: { readonly resumed: boolean; readonly messages: number }) => void;
  readonly onBatch?: (tally: RangeTally) => void;
  readonly onRetry?: (error: unknown) => void;
}

const LOOK_EVERY_MS = 100;
/** There is one reader: who comes after one that was killed waits this long for what that one held. */
const ACK_WAIT_SECONDS = 5;
const STOP_GRACE_MS = 10_000;

/**
 * Applies messages that a stream has delivered before, the way the services do. They come from a durable consumer of their own, so that
 * who is interrupted can go on, and a message that ends the process is found as in a service.
 */
export async function replayRange<Event extends LineEvent, Effect>(
  context: RangeContext<Event, Effect>,
  range: Range,
): Promise<RangeResult> {
  const { jsm, worker, consumer, stop } = context;
  const { stream, firstSequence, lastSequence } = range;
  const { info, resumed } = await ensureRangeConsumer(jsm, {
    stream,
    name: consumer,
    subject: worker.subject,
    firstSequence,
    purpose: context.purpose,
    ackWaitSeconds: ACK_WAIT_SECONDS,
    maxAckPending: worker.batchSize * (worker.concurrency + 1),
  });
  const messages = Math.min(
    info.num_pending + info.num_ack_pending,
    lastSequence - info.ack_floor.stream_seq,
  );
  context.onBegin?.({ resumed, messages });
  let tally = nothingYet;
  const apply = async (batch: readonly Delivery[], retrying: Retrying) => {
    const inRange = batch.filter(({ sequence }) => sequence <= lastSequence);
    if (inRange.length === 0) return;
    // What has ended processes again and again would end this one too.
    const givenUp = await retrying(() => readGivenUp(context.db, inRange.map(messageKey)));
    const wanted = inRange.filter(({ sequence }) => !givenUp.has(sequence));
    const applied = await applyBatch(context, wanted, retrying);
    tally = addBatch(tally, inRange.length, applied);
    context.onBatch?.(tally);
  };
  const loop = new PullLoop({
    nats: context.nats,
    inboxPrefix: context.inboxPrefix,
    stream,
    durable: consumer,
    batchSize: worker.batchSize,
    batchesInFlight: worker.concurrency,
    ackWaitSeconds: ACK_WAIT_SECONDS,
    process: apply,
    alone: {
      fromDelivery: ALONE_FROM_DELIVERY,
      process: (delivery, retrying) =>
        processAlone(context, delivery, retrying, () => apply([delivery], retrying)),
    },
    verdict: (error) => (retryable(error) ? "retry" : "fatal"),
    onRetry: (error) => context.onRetry?.(error),
  });
  const ended = new AbortController();
  const finished = untilRead(context, range, AbortSignal.any([stop, ended.signal])).finally(() =>
    loop.stop(stop.aborted ? STOP_GRACE_MS : 0),
  );
  try {
    await loop.run();
  } finally {
    ended.abort();
  }
  if (!(await finished)) return { ...tally, finished: false };
  await jsm.consumers.delete(stream, consumer);
  return { ...tally, finished: true };
}

/** @returns whether everything was acknowledged; false when the signal came first */
async function untilRead(
  { jsm, consumer }: Pick<RangeContext<LineEvent, never>, "jsm" | "consumer">,
  { stream, lastSequence }: Range,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    const info = await ask(jsm, stream, consumer);
    if (info !== undefined && isRead(info, lastSequence)) return true;
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

function isRead({ ack_floor, num_pending, num_ack_pending }: ConsumerInfo, lastSequence: number): boolean {
  return ack_floor.stream_seq >= lastSequence || (num_pending === 0 && num_ack_pending === 0);
}

/** Undefined while the broker does not answer. */
async function ask(
  jsm: JetStreamManager,
  stream: string,
  consumer: string,
): Promise<ConsumerInfo | undefined> {
  try {
    return await jsm.consumers.info(stream, consumer);
  } catch (error) {
    if (isGone(error)) throw error;
    return undefined;
  }
}
