import { type RunChange, closeState, closeTime } from "@cc-ingest/database";
import { type OutgoingMessage, ensureStream, inboxPrefix, publishStored } from "@cc-ingest/jetstream";
import { type Runtime, lifecycleStream } from "@cc-ingest/service";
import { injectTraceContext, withSpan } from "@cc-ingest/telemetry";
import { SpanKind } from "@opentelemetry/api";
import { jetstreamManager } from "@nats-io/jetstream";

/**
 * Tells others which runs have started and stopped: one message each on `<subject>.<cluster>.started|stopped`, in a stream of
 * its own. A run that changes again is told again; the id lets the stream drop what it has seen.
 */
export type Announce = (changes: readonly RunChange[]) => Promise<void>;

/**
 * Makes or finds the stream, unless lifecycle events are off.
 *
 * @returns what resolves when a message for each change is stored, or fails with a PublishError
 * @throws ProvisioningError when a person must act
 */
export async function openLifecycle({ nats, config, service }: Runtime): Promise<Announce> {
  const { lifecycle, provisioning } = config.ingest;
  const stream = lifecycleStream(config);
  if (stream === undefined) return () => Promise.resolve();
  await ensureStream(await jetstreamManager(nats, { checkAPI: false }), stream, provisioning);
  return async (changes) => {
    const messages = changes.map((change) => lifecycleMessage(lifecycle.subject, change));
    const attributes = {
      "messaging.system": "nats",
      "messaging.operation.type": "send",
      "messaging.destination.name": lifecycle.subject,
      "messaging.batch.message_count": messages.length,
    };
    await withSpan(`send ${lifecycle.subject}`, { kind: SpanKind.PRODUCER, attributes }, async () => {
      const carried: Record<string, string> = {};
      injectTraceContext((key, value) => {
        carried[key] = value;
      });
      await publishStored(nats, inboxPrefix(service), messages, carried);
    });
  };
}

/**
 * The message about one change. Its JSON: `event`, `jobId`, `cluster`, `startTime`, and of a stop `stopTime`, `duration`,
 * `jobState`, `stopSource`; times in Unix seconds. A run that turned out to be running after all is `started` again.
 */
export function lifecycleMessage(prefix: string, change: RunChange): OutgoingMessage {
  const { jobId, cluster, startTime, what, close } = change;
  const event = what === "stopped" ? "stopped" : "started";
  const token = subjectToken(cluster);
  const subject = `${prefix}.${token}.${event}`;
  const id = `${token}/${jobId}/${startTime}/${what}`;
  const run = `"event":"${event}","jobId":${jobId},"cluster":${JSON.stringify(cluster)},"startTime":${startTime}`;
  if (what !== "stopped" || close === undefined) return { subject, id, text: `{${run}}` };
  const stopTime = closeTime(close);
  const jobState = closeState(close);
  const end = `"stopTime":${stopTime},"duration":${stopTime - startTime},"jobState":"${jobState}","stopSource":"${close.source}"`;
  return { subject, id: `${id}/${close.source}/${stopTime}/${jobState}`, text: `{${run},${end}}` };
}

const PLAIN = /^[\w-]+$/;

/** A cluster's name as one token: what has a meaning in subjects, and what they must not hold, is percent-encoded. */
function subjectToken(cluster: string): string {
  if (PLAIN.test(cluster)) return cluster;
  return cluster.replaceAll(/[^\w-]/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(
      "",
    ),
  );
}
