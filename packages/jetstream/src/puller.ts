import type { Msg, NatsConnection, Subscription } from "@nats-io/transport-node";
import { createInbox } from "@nats-io/transport-node";

export interface PullTarget {
  readonly nats: NatsConnection;
  readonly stream: string;
  readonly durable: string;
  /** What the connection's user may subscribe to. */
  readonly inboxPrefix: string;
}

/** What the puller's owner could take beyond what it holds. */
export interface Room {
  readonly messages: number;
  readonly bytes: number;
}

export interface PullHandlers {
  readonly onMessage: (message: Msg) => void;
  readonly room: () => Room;
  /** What the broker says of the consumer, for a log: `Consumer Deleted`, `heartbeats missed` … */
  readonly onStatus: (status: string) => void;
  /** There will be no more messages: access was revoked, or the connection is closed for good. */
  readonly onEnd: (error: unknown) => void;
}

const EXPIRES_MS = 30_000;
const HEARTBEAT_MS = 5_000;
const MISSED_MS = 3 * HEARTBEAT_MS;
/** After an answer that asking again at once would not change. */
const PAUSE_MS = 1_000;
const NANOS = 1_000_000;
/** A message's subject and headers count too. */
const OVERHEAD_BYTES = 65_536;

/** Status codes of the JetStream API. Source: ADR-13 of NATS. */
const HEARTBEAT = 100;
const BAD_REQUEST = 400;
const EXPIRED = new Set([404, 408]);
const FULL = /Exceeds MaxBytes|Batch Completed/i;

/**
 * Asks a durable pull consumer for as many messages as there is room for, in messages and in bytes, and hands on what comes.
 * Asks again when what it asked for has come or has expired, after a reconnect, and when the broker falls silent; so it carries on
 * by itself when a deleted consumer is created again.
 *
 * The client's own `consume()` bounds either messages or bytes, and keeps all it has asked for in a queue of its own: a thousand
 * job starts take half a megabyte, or a quarter of a gigabyte. Source: ADR-13 of NATS.
 */
export class Puller {
  readonly #target: PullTarget;
  readonly #handlers: PullHandlers;
  readonly #inbox: string;
  #subscription: Subscription | undefined;
  #monitor: NodeJS.Timeout | undefined;
  #pausedUntil = 0;
  #lastHeard = 0;
  /** What has been asked for and has neither come nor expired; of each request the subject that the broker answers it on. */
  readonly #open = { requests: new Set<string>(), messages: 0, bytes: 0 };
  #asked = 0;
  #stopped = false;

  constructor(target: PullTarget, handlers: PullHandlers) {
    this.#target = target;
    this.#handlers = handlers;
    this.#inbox = createInbox(target.inboxPrefix);
  }

  start(): void {
    const { nats } = this.#target;
    this.#subscription = nats.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#hear(message);
        else this.#end(error);
      },
    });
    this.#monitor = setInterval(() => this.#look(), HEARTBEAT_MS / 2);
    void this.#follow();
    void nats
      .closed()
      .then((error) => this.#end(error ?? new Error("the connection to the broker is closed")));
    this.refill();
  }

  /** Asks for what there is room for. Small requests wait until there is nothing open, so that they don't get many. */
  refill(): void {
    if (this.#stopped || performance.now() < this.#pausedUntil) return;
    const room = this.#handlers.room();
    const messages = room.messages - this.#open.messages;
    const bytes = Math.floor(room.bytes - this.#open.bytes);
    if (messages < 1 || bytes < this.largestMessage) return;
    if (this.#open.requests.size > 0 && messages < room.messages / 2) return;
    this.#request(messages, bytes);
  }

  /** Bytes of a message at most, as the broker has it. */
  get largestMessage(): number {
    return (this.#target.nats.info?.max_payload ?? 0) + OVERHEAD_BYTES;
  }

  /** Stops asking, and resolves when everything that the broker has sent has been handed on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#monitor);
    if (!this.#target.nats.isClosed()) await this.#subscription?.drain().catch(() => undefined);
  }

  #request(messages: number, bytes: number): void {
    const { nats, stream, durable } = this.#target;
    if (nats.isClosed()) return;
    if (this.#open.requests.size === 0) this.#lastHeard = performance.now();
    const reply = `${this.#inbox}.${++this.#asked}`;
    this.#open.requests.add(reply);
    this.#open.messages += messages;
    this.#open.bytes += bytes;
    const request = {
      batch: messages,
      max_bytes: bytes,
      expires: EXPIRES_MS * NANOS,
      idle_heartbeat: HEARTBEAT_MS * NANOS,
    };
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`;
    nats.publish(subject, JSON.stringify(request), { reply });
  }

  #hear(message: Msg): void {
    this.#lastHeard = performance.now();
    // What the broker says itself asks for no answer; a stored message does.
    if (message.reply === undefined || message.reply === "") {
      this.#hearStatus(message);
      return;
    }
    this.#close(1, sizeOf(message));
    this.#handlers.onMessage(message);
    this.refill();
  }

  #hearStatus({ subject, headers }: Msg): void {
    const code = headers?.code ?? 0;
    if (code === HEARTBEAT) return;
    const description = headers?.description ?? "";
    if (code === BAD_REQUEST) {
      this.#end(new Error(`the broker does not understand the request for messages: ${description}`));
      return;
    }
    const pending = (name: string): number => Number(headers?.get(name) ?? 0) || 0;
    // Of a request whose messages have all come nothing is open any more: what is, is another's.
    if (this.#open.requests.delete(subject))
      this.#close(pending("Nats-Pending-Messages"), pending("Nats-Pending-Bytes"));
    if (!EXPIRED.has(code) && !FULL.test(description)) {
      this.#handlers.onStatus(description === "" ? `status ${code}` : description);
      this.#pausedUntil = performance.now() + PAUSE_MS;
    }
    this.refill();
  }

  #close(messages: number, bytes: number): void {
    const open = this.#open;
    open.messages -= messages;
    open.bytes = Math.max(0, open.bytes - bytes);
    if (open.messages <= 0 || open.requests.size === 0) this.#closeAll();
  }

  #closeAll(): void {
    this.#open.requests.clear();
    this.#open.messages = 0;
    this.#open.bytes = 0;
  }

  /** The broker breaks its silence for heartbeats as long as it knows of a request. */
  #look(): void {
    if (this.#open.requests.size > 0 && performance.now() - this.#lastHeard > MISSED_MS) {
      this.#handlers.onStatus("heartbeats missed");
      this.#forget();
    }
    this.refill();
  }

  /** Requests do not survive a connection. */
  async #follow(): Promise<void> {
    for await (const { type } of this.#target.nats.status()) {
      if (this.#stopped) return;
      if (type === "reconnect") {
        this.#forget();
        this.refill();
      }
    }
  }

  #forget(): void {
    this.#closeAll();
    this.#pausedUntil = 0;
  }

  #end(error: unknown): void {
    if (!this.#stopped) this.#handlers.onEnd(error);
  }
}

/** As the broker counts, but for headers. */
function sizeOf({ subject, reply = "", data }: Msg): number {
  return subject.length + reply.length + data.length;
}
