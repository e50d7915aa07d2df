import { recoveryDurable } from "@cc-ingest/access";
import {
  type DatabaseMark,
  advanceWatermark,
  claimRecovery,
  readWatermark,
  replaceWatermark,
} from "@cc-ingest/database";
import { messageOf } from "../message-of.js";
import type { LineEvent } from "../decode-batch.js";
import { type StreamPosition, assess } from "./assess.js";
import type { RangeResult } from "./range-tally.js";
import { type Range, type RangeContext, replayRange } from "./replay-range.js";

export interface WatermarkContext<Event extends LineEvent, Effect> extends Omit<
  RangeContext<Event, Effect>,
  "consumer" | "purpose" | "stop" | "onBegin" | "onBatch" | "onRetry"
> {
  readonly stream: string;
  readonly databaseUrl: string;
}

/** A recovery that failed is not tried again at once: what was wrong may need a person. */
const PAUSE_AFTER_FAILURE_MS = 30_000;

/**
 * Keeps the watermark of a service's consumer, and applies again what the database lacks when it has been set back. A turn costs two
 * questions to the broker and one or two to the database; batches know nothing of it.
 */
export class WatermarkKeeper<Event extends LineEvent, Effect> {
  readonly #context: WatermarkContext<Event, Effect>;
  readonly #key: { readonly stream: string; readonly durable: string };
  readonly #stop = new AbortController();
  #remembered: DatabaseMark | undefined;
  #turn: Promise<void> | undefined;
  #notBefore = 0;
  #failing = false;
  #behind = false;

  constructor(context: WatermarkContext<Event, Effect>) {
    this.#context = context;
    this.#key = { stream: context.stream, durable: context.worker.durable };
    context.metrics.watch("database_behind", () => (this.#behind ? 1 : 0));
  }

  /** Ends a recovery that is under way; the next start goes on with it. */
  stop(): void {
    this.#stop.abort();
  }

  /** Never two at once, and never rejects: without broker or database nothing can be said, and others say so. */
  async turn(): Promise<void> {
    this.#turn ??= this.#lookOrSay().finally(() => {
      this.#turn = undefined;
    });
    await this.#turn;
  }

  async #lookOrSay(): Promise<void> {
    try {
      await this.#look();
      this.#failing = false;
    } catch (error) {
      const level = this.#failing ? "debug" : "info";
      this.#failing = true;
      this.#context.log[level](
        { reason: messageOf(error) },
        "can't compare the database with the broker; trying again",
      );
    }
  }

  /** The position is asked for first: what it says is acknowledged was committed before the database is read. */
  async #look(): Promise<void> {
    const { db, databaseUrl, log, metrics } = this.#context;
    const position = await this.#position();
    const found = await readWatermark(db, this.#key);
    const assessment = assess(this.#remembered, found, position);
    if (assessment.what === "stream replaced") {
      const { before } = assessment;
      if (await replaceWatermark(db, this.#key, before, position.created)) {
        metrics.add("streams_replaced", 1);
        log.warn(
          {
            stream: this.#key.stream,
            created: position.created,
            before: before.streamCreated,
            floor: before.floor,
          },
          "the stream has been made anew or set back: what it held that no service had applied is gone, " +
            "unless its producers still have it",
        );
      }
      this.#remembered = undefined;
      return await this.#look();
    }
    if (assessment.what === "continuous") return await this.#advance(found, position);
    this.#behind = true;
    if (this.#stop.signal.aborted || performance.now() < this.#notBefore) return;
    await claimRecovery(databaseUrl, this.#key, () => this.#recover());
  }

  /** Whoever had the recovery before may have done it. */
  async #recover(): Promise<void> {
    const { db, log, metrics } = this.#context;
    const { stream, durable } = this.#key;
    const position = await this.#position();
    const found = await readWatermark(db, this.#key);
    const assessment = assess(this.#remembered, found, position);
    if (assessment.what !== "database behind") return;
    const range = { stream, firstSequence: assessment.floor + 1, lastSequence: position.ackFloor };
    const level = assessment.certain ? "warn" : "info";
    log[level](
      { ...range, durable, goneFromStream: Math.max(0, position.firstSequence - range.firstSequence) },
      assessment.certain
        ? "the database has been set back: applying again what was acknowledged since"
        : "the database can't tell whether it has all that was acknowledged: applying it again",
    );
    const result = await this.#replay(range, found.incarnation);
    if (result === undefined) return;
    metrics.add("reapplied_messages", result.messages);
    metrics.add("missing_events", result.applied);
    if (!result.finished) return;
    await this.#advance(found, position);
    const { messages, applied, known, rejected } = result;
    const summary = { ...range, messages, applied, known, rejected };
    if (applied > 0)
      log.warn(
        summary,
        "the database had been set back: what it lacked and the stream still held has been applied again",
      );
    else log.info(summary, "the database lacked nothing");
  }

  /** Undefined when it failed. */
  async #replay(range: Range, incarnation: string): Promise<RangeResult | undefined> {
    const { log, worker } = this.#context;
    const { stream, firstSequence, lastSequence } = range;
    try {
      return await replayRange(
        {
          ...this.#context,
          // The messages that arrive now go first.
          worker: { ...worker, concurrency: 1 },
          consumer: recoveryDurable(worker.durable),
          purpose: incarnation,
          stop: this.#stop.signal,
          onRetry: (error) => log.warn({ err: error }, "applying again is held up, trying again"),
        },
        range,
      );
    } catch (error) {
      this.#notBefore = performance.now() + PAUSE_AFTER_FAILURE_MS;
      log.error(
        { err: error, ...range },
        `could not apply them again; trying again later. By hand: ccingest replay --stream ${stream} --from ${firstSequence} --to ${lastSequence}`,
      );
      return undefined;
    }
  }

  async #advance(found: DatabaseMark, { created, ackFloor }: StreamPosition): Promise<void> {
    const { mark, incarnation } = found;
    const next = { streamCreated: created, floor: Math.max(ackFloor, mark?.floor ?? 0) };
    const stands =
      mark?.floor === next.floor || (await advanceWatermark(this.#context.db, this.#key, found, next));
    if (!stands) return;
    if (this.#remembered === undefined)
      this.#context.log.debug({ floor: next.floor }, "the database has all that was acknowledged");
    this.#remembered = { incarnation, mark: next };
    this.#behind = false;
  }

  async #position(): Promise<StreamPosition> {
    const { jsm } = this.#context;
    const { stream, durable } = this.#key;
    const [{ ack_floor }, { created, state }] = await Promise.all([
      jsm.consumers.info(stream, durable),
      jsm.streams.info(stream),
    ]);
    const { first_seq: firstSequence, last_seq: lastSequence } = state;
    return { created, ackFloor: ack_floor.stream_seq, firstSequence, lastSequence };
  }
}
