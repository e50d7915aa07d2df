import { type RunChange, closeState, closeTime } from "@cc-ingest/database";
import { type OutgoingMessage, StoredPublisher, ensureStream, inboxPrefix } from "@cc-ingest/jetstream";
import { type Runtime, lifecycleStream } from "@cc-ingest/service";
import { injectTraceContext, withSpan } from "@cc-ingest/telemetry";
import { SpanKind } from "@opentelemetry/api";
import { jetstreamManager } from "@nats-io/jetstream";

/**
 * Tells others which runs have started and stopped: one message each on `<subject>.<cluster>.started|stopped`, in a stream of
 * its own. A run that changes again is told again; the id lets the stream drop what it has seen.
 */
export class Lifecycle implements Disposable {
  readonly #subject: string;
  readonly #publisher: StoredPublisher | undefined;

  private constructor(subject: string, publisher: StoredPublisher | undefined) {
    this.#subject = subject;
    this.#publisher = publisher;
  }

  /** Makes or finds the stream, unless lifecycle events are off. @throws ProvisioningError when a person must act */
  static async open({ nats, config, service }: Runtime): Promise<Lifecycle> {
    const { lifecycle, provisioning } = config.ingest;
    const stream = lifecycleStream(config);
    if (stream === undefined) return new Lifecycle(lifecycle.subject, undefined);
    await ensureStream(await jetstreamManager(nats, { checkAPI: false }), stream, provisioning);
    return new Lifecycle(lifecycle.subject, new StoredPublisher(nats, inboxPrefix(service)));
  }

  /** Resolves when every message is stored. @throws PublishError */
  async announce(changes: readonly RunChange[]): Promise<void> {
    const publisher = this.#publisher;
    if (publisher === undefined || changes.length === 0) return;
    const messages = changes.map((change) => lifecycleMessage(this.#subject, change));
    const attributes = {
      "messaging.system": "nats",
      "messaging.operation.type": "send",
      "messaging.destination.name": this.#subject,
      "messaging.batch.message_count": messages.length,
    };
    await withSpan(`send ${this.#subject}`, { kind: SpanKind.PRODUCER, attributes }, async () => {
      const carried: Record<string, string> = {};
      injectTraceContext((key, value) => {
        carried[key] = value;
      });
      await publisher.publish(messages, carried);
    });
  }

  [Symbol.dispose](): void {
    this.#publisher?.[Symbol.dispose]();
  }
}

const encoder = new TextEncoder();

/**
 * The message about one change. Its JSON: `event`, `jobId`, `cluster`, `startTime`, and of a stop `stopTime`, `duration`,
 * `jobState`, `stopSource`; times in Unix seconds. A run that turned out to be running after all is `started` again.
 */
export function lifecycleMessage(prefix: string, change: RunChange): OutgoingMessage {
  const { jobId, cluster, startTime, what, close } = change;
  const event = what === "stopped" ? "stopped" : "started";
  const run = `"event":"${event}","jobId":${jobId},"cluster":${JSON.stringify(cluster)},"startTime":${startTime}`;
  const id = [cluster, jobId, startTime, what].join("/");
  const subject = `${prefix}.${subjectToken(cluster)}.${event}`;
  if (what !== "stopped" || close === undefined) return { subject, id, data: encoder.encode(`{${run}}`) };
  const stopTime = closeTime(close);
  const jobState = closeState(close);
  const end = `"stopTime":${stopTime},"duration":${stopTime - startTime},"jobState":"${jobState}","stopSource":"${close.source}"`;
  return {
    subject,
    id: [id, close.source, stopTime, jobState].join("/"),
    data: encoder.encode(`{${run},${end}}`),
  };
}

/** A cluster's name as one token: what has a meaning in subjects, and what they must not hold, is percent-encoded. */
function subjectToken(cluster: string): string {
  return cluster.replaceAll(/[^\w-]/gu, (character) =>
    Array.from(
      encoder.encode(character),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join(""),
  );
}
