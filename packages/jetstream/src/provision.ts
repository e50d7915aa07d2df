import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  type StreamInfo,
  StorageType,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/nats-core";
import { subjectCovers } from "./subject.js";

export interface StreamSpec {
  readonly subject: string;
  /** The name to create it under; a stream that already covers the subject is used whatever its name. */
  readonly name: string;
  /** 0 keeps for ever. */
  readonly maxAgeSeconds: number;
  /** −1 for no limit. */
  readonly maxBytes: number;
  readonly replicas: number;
}

export interface ConsumerSpec {
  readonly durable: string;
  readonly subject: string;
  readonly ackWaitSeconds: number;
  /** Shared by all replicas: at least replicas × batch × batches in flight. */
  readonly maxAckPending: number;
}

/** The broker lacks something, or has it in a form that would lose or repeat messages. A person must act. */
export class ProvisioningError extends Error {
  override readonly name = "ProvisioningError";
}

export type Provisioning = "auto" | "verify";

/**
 * Finds the stream that covers the subject; with `auto` creates it when there is none.
 *
 * @returns its name
 */
export async function ensureStream(
  jsm: JetStreamManager,
  spec: StreamSpec,
  provisioning: Provisioning,
): Promise<string> {
  const existing = await findStream(jsm, spec.subject);
  if (existing !== undefined) return existing.config.name;
  if (provisioning === "verify") {
    throw new ProvisioningError(
      `no stream covers the subject ${spec.subject}. Create one (for instance ${spec.name}), or set ingest.provisioning to "auto"`,
    );
  }
  await refuseOtherSubjects(jsm, spec);
  try {
    // Core publishers are told nothing when a stream is full, so the oldest gives way and an alert watches the fill.
    await jsm.streams.add({
      name: spec.name,
      subjects: [spec.subject],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      num_replicas: spec.replicas,
      max_age: nanos(spec.maxAgeSeconds * 1000),
      max_bytes: spec.maxBytes,
    });
  } catch (error) {
    // Another replica was quicker, with its own idea of the limits.
    const found = await findStream(jsm, spec.subject);
    if (found === undefined) throw refused(`stream ${spec.name} could not be created`, error);
    return found.config.name;
  }
  return spec.name;
}

/** Sets the age and size limits of a stream that is there. A lower one drops what exceeds it. */
export async function applyLimits(
  jsm: JetStreamManager,
  stream: string,
  { maxAgeSeconds, maxBytes }: Pick<StreamSpec, "maxAgeSeconds" | "maxBytes">,
): Promise<void> {
  try {
    await jsm.streams.update(stream, { max_age: nanos(maxAgeSeconds * 1000), max_bytes: maxBytes });
  } catch (error) {
    throw refused(`the limits of stream ${stream} could not be set`, error);
  }
}

async function findStream(jsm: JetStreamManager, subject: string): Promise<StreamInfo | undefined> {
  for await (const name of jsm.streams.names(subject)) {
    const info = await jsm.streams.info(name);
    if (covers(info, subject)) return info;
  }
  return undefined;
}

function covers({ config }: StreamInfo, subject: string): boolean {
  return (config.subjects ?? []).some((covered) => subjectCovers(covered, subject));
}

async function refuseOtherSubjects(jsm: JetStreamManager, spec: StreamSpec): Promise<void> {
  let taken: StreamInfo;
  try {
    taken = await jsm.streams.info(spec.name);
  } catch (error) {
    if (hasCode(error, JetStreamApiCodes.StreamNotFound)) return;
    throw error;
  }
  // Another replica was quicker.
  if (covers(taken, spec.subject)) return;
  throw new ProvisioningError(
    `stream ${spec.name} exists but covers ${(taken.config.subjects ?? []).join(", ")}, not ${spec.subject}. ` +
      `Add the subject to it, or name another stream in the configuration`,
  );
}

/** Creates the durable pull consumer, or checks that the one there does not lose or repeat messages. */
export async function ensureConsumer(
  jsm: JetStreamManager,
  stream: string,
  spec: ConsumerSpec,
  provisioning: Provisioning,
): Promise<void> {
  const existing = await findConsumer(jsm, stream, spec.durable);
  if (existing !== undefined) {
    checkConsumer(existing, stream, spec);
    if (provisioning === "auto") await updateConsumer(jsm, stream, existing.config, spec);
    return;
  }
  if (provisioning === "verify") {
    throw new ProvisioningError(
      `stream ${stream} has no consumer ${spec.durable}. Create it as a durable pull consumer with explicit acks, ` +
        `or set ingest.provisioning to "auto"`,
    );
  }
  try {
    await jsm.consumers.add(stream, {
      durable_name: spec.durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      filter_subject: spec.subject,
      ack_wait: nanos(spec.ackWaitSeconds * 1000),
      // A limit would make a message that met an outage look finished: dead letters are ours to decide.
      max_deliver: -1,
      max_ack_pending: spec.maxAckPending,
    });
  } catch (error) {
    const found = await findConsumer(jsm, stream, spec.durable);
    if (found === undefined) throw refused(`consumer ${spec.durable} could not be created`, error);
    checkConsumer(found, stream, spec);
  }
}

/** Undefined when there is none. */
export async function findConsumer(
  jsm: JetStreamManager,
  stream: string,
  durable: string,
): Promise<ConsumerInfo | undefined> {
  try {
    return await jsm.consumers.info(stream, durable);
  } catch (error) {
    if (hasCode(error, JetStreamApiCodes.ConsumerNotFound)) return undefined;
    throw error;
  }
}

function checkConsumer({ config }: ConsumerInfo, stream: string, spec: ConsumerSpec): void {
  const faults: string[] = [];
  if (config.ack_policy !== AckPolicy.Explicit)
    faults.push(`its ack policy is "${config.ack_policy}", which loses messages: it must be "explicit"`);
  if (config.deliver_subject !== undefined && config.deliver_subject !== "")
    faults.push("it is a push consumer: it must be a pull consumer");
  if (config.max_deliver !== undefined && config.max_deliver > 0)
    faults.push(`it gives up after ${config.max_deliver} deliveries: max_deliver must be -1`);
  const filters = config.filter_subjects ?? [config.filter_subject ?? ">"];
  if (!filters.some((filter) => subjectCovers(filter === "" ? ">" : filter, spec.subject)))
    faults.push(`it filters ${filters.join(", ")}, which leaves out ${spec.subject}`);
  if (faults.length > 0) {
    throw new ProvisioningError(
      `consumer ${spec.durable} of stream ${stream} can't be used: ${faults.join("; ")}. Delete it, or name another durable`,
    );
  }
}

async function updateConsumer(
  jsm: JetStreamManager,
  stream: string,
  config: ConsumerConfig,
  spec: ConsumerSpec,
): Promise<void> {
  const ackWait = nanos(spec.ackWaitSeconds * 1000);
  if (config.ack_wait === ackWait && config.max_ack_pending === spec.maxAckPending) return;
  await jsm.consumers.update(stream, spec.durable, {
    ack_wait: ackWait,
    max_ack_pending: spec.maxAckPending,
  });
}

/** What the broker itself refuses is for a person to mend; anything else (a lost connection) keeps its own type. */
function refused(what: string, error: unknown): unknown {
  if (!(error instanceof JetStreamApiError)) return error;
  const mend = mends.get(error.code);
  return new ProvisioningError(`${what}: ${error.message}${mend === undefined ? "" : `; ${mend}`}`, {
    cause: error,
  });
}

const smaller = "make ingest.streams.max-bytes smaller, or the account larger";
/** Source: errors.json of nats-server. */
const mends: ReadonlyMap<number, string> = new Map([
  [10_113, "set ingest.streams.max-bytes (INGEST_STREAMS_MAX_BYTES)"],
  [10_002, smaller],
  [10_047, smaller],
]);

function hasCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
