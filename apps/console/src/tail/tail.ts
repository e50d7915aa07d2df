import { type StoredMessage, messageAt } from "@cc-ingest/jetstream";
import type { Precision } from "@cc-ingest/protocol";
import type { Broker } from "@cc-ingest/web";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { pause } from "../live/region.js";
import { type DescribedLine, describeMessage } from "./describe.js";

export interface TailEntry {
  readonly message: StoredMessage;
  readonly lines: readonly DescribedLine[];
}

/** What has come since the last time. `skipped`: messages that nobody has looked at, because they were too many. */
export interface TailBatch {
  readonly entries: readonly TailEntry[];
  readonly skipped: number;
}

const EVERY_MS = 500;
/** Of one stream at a time; of more only the newest are read. */
const MOST = 50;

/** Follows streams without a consumer, and only while somebody listens; once, however many listen. */
export class Tail {
  readonly #broker: Broker;
  readonly #streams: readonly string[];
  readonly #precision: Precision;
  readonly #listeners = new Set<(batch: TailBatch) => void>();
  readonly #stop: AbortSignal;
  #following = false;

  constructor(broker: Broker, streams: readonly string[], precision: Precision, stop: AbortSignal) {
    this.#broker = broker;
    this.#streams = streams;
    this.#precision = precision;
    this.#stop = stop;
  }

  /** The newest messages, the newest first. */
  async newest(count: number): Promise<TailEntry[]> {
    const jsm = await jetstreamManager(this.#broker.connected(), { checkAPI: false });
    const parts = this.#streams.map(async (stream) => {
      const { state } = await jsm.streams.info(stream);
      return await this.#read(
        jsm,
        stream,
        Math.max(state.first_seq, state.last_seq - count + 1),
        state.last_seq,
      );
    });
    const found = (await Promise.all(parts)).flat();
    return found.toSorted((a, b) => (a.message.storedAt < b.message.storedAt ? 1 : -1)).slice(0, count);
  }

  listen(listener: (batch: TailBatch) => void): Disposable {
    this.#listeners.add(listener);
    if (!this.#following) void this.#follow();
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  async #follow(): Promise<void> {
    this.#following = true;
    const seen = new Map<string, number>();
    while (this.#listeners.size > 0 && !this.#stop.aborted) {
      // A broker that is gone comes again: what it has stored meanwhile is then skipped or shown as any other.
      const batch = await this.#step(seen).catch(() => undefined);
      if (batch !== undefined && (batch.entries.length > 0 || batch.skipped > 0))
        for (const listener of this.#listeners) listener(batch);
      await pause(EVERY_MS, this.#stop);
    }
    this.#following = false;
  }

  async #step(seen: Map<string, number>): Promise<TailBatch> {
    const jsm = await jetstreamManager(this.#broker.connected(), { checkAPI: false });
    const entries: TailEntry[] = [];
    let skipped = 0;
    for (const stream of this.#streams) {
      const { state } = await jsm.streams.info(stream);
      // A stream that was made anew begins again.
      const before = Math.min(seen.get(stream) ?? state.last_seq, state.last_seq);
      const from = Math.max(before + 1, state.last_seq - MOST + 1);
      skipped += from - (before + 1);
      entries.push(...(await this.#read(jsm, stream, from, state.last_seq)));
      seen.set(stream, state.last_seq);
    }
    return {
      entries: entries.toSorted((a, b) => (a.message.storedAt < b.message.storedAt ? -1 : 1)),
      skipped,
    };
  }

  async #read(jsm: JetStreamManager, stream: string, from: number, to: number): Promise<TailEntry[]> {
    const sequences = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
    const messages = await Promise.all(sequences.map((sequence) => messageAt(jsm, stream, sequence)));
    return messages.flatMap((message) =>
      message === undefined ? [] : [{ message, lines: describeMessage(message, this.#precision) }],
    );
  }
}
