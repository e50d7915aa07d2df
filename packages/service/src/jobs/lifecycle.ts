import { hash } from "node:crypto";
import type { Config } from "@cc-ingest/config";
import { type RunChange, closeState, closeTime } from "@cc-ingest/database";
import { type OutgoingMessage, ensureStream, inboxOf } from "@cc-ingest/jetstream";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { sendStored } from "../send-stored.js";
import { lifecycleStream } from "../workers.js";

/**
 * Tells others which runs have started and stopped, on `<subject>.<cluster>.started|stopped`, in a stream of its own. A run that
 * changes again is told again. Each change is told at least once: after a failure more often.
 */
export type Announce = (changes: readonly RunChange[]) => Promise<void>;

/**
 * Makes or finds the stream, unless lifecycle events are off. `client`: the name of the connection.
 *
 * @returns what resolves when a message for each change is stored, or fails with a PublishError
 * @throws ProvisioningError when a person must act
 */
export async function openLifecycle(nats: NatsConnection, config: Config, client: string): Promise<Announce> {
  const { lifecycle, provisioning } = config.ingest;
  const stream = lifecycleStream(config);
  if (stream === undefined) return () => Promise.resolve();
  await ensureStream(await jetstreamManager(nats, { checkAPI: false }), stream, provisioning);
  const inboxPrefix = inboxOf({ ...config.nats, name: client });
  return (changes) =>
    sendStored(nats, inboxPrefix, lifecycle.subject, lifecycleMessages(lifecycle.subject, changes));
}

/** So many runs in one message at most: about ten kilobytes. */
const RUNS_PER_MESSAGE = 100;

interface Group {
  readonly cluster: string;
  readonly event: "started" | "stopped";
  readonly runs: string[];
  readonly index: number;
}

/**
 * Messages about changes: those of one cluster and one kind share a message, since a broker takes a hundred runs in one message
 * about as fast as one. Their JSON: `event`, `cluster`, and `runs`, each with `jobId`, `startTime`, and of a stop `stopTime`,
 * `duration`, `jobState`, `stopSource`; times in Unix seconds. A run that turned out to be running after all is `started` again;
 * of one run the messages come in the order of its changes.
 */
export function lifecycleMessages(prefix: string, changes: readonly RunChange[]): OutgoingMessage[] {
  const groups: Group[] = [];
  const open = new Map<string, Group>();
  const lastTold = new Map<bigint, number>();
  for (const change of changes) {
    const { jobId, cluster } = change;
    const event = change.what === "stopped" ? "stopped" : "started";
    const key = `${event} ${cluster}`;
    let group = open.get(key);
    if (
      group === undefined ||
      group.runs.length === RUNS_PER_MESSAGE ||
      group.index < (lastTold.get(jobId) ?? 0)
    ) {
      group = { cluster, event, runs: [], index: groups.length };
      groups.push(group);
      open.set(key, group);
    }
    lastTold.set(jobId, group.index);
    group.runs.push(runText(change));
  }
  return groups.map((group) => messageOf(prefix, group));
}

function messageOf(prefix: string, { cluster, event, runs }: Group): OutgoingMessage {
  const text = `{"event":"${event}","cluster":${JSON.stringify(cluster)},"runs":[${runs.join(",")}]}`;
  // The same news again, because the first attempt may have failed, has the same id.
  return { subject: `${prefix}.${subjectToken(cluster)}.${event}`, id: hash("sha1", text), text };
}

function runText({ jobId, startTime, what, close }: RunChange): string {
  const run = `"jobId":${jobId},"startTime":${startTime}`;
  if (what !== "stopped" || close === undefined) return `{${run}}`;
  const stopTime = closeTime(close);
  return `{${run},"stopTime":${stopTime},"duration":${stopTime - startTime},"jobState":"${closeState(close)}","stopSource":"${close.source}"}`;
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
