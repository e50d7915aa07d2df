import { lifecycleDurable } from "@cc-ingest/access";
import type { Config } from "@cc-ingest/config";
import {
  type Provisioning,
  type Worker,
  applyLimits,
  ensureConsumer,
  ensureStream,
  ensureWorker,
} from "@cc-ingest/jetstream";
import { jobsWorker, lifecycleStream, nodestateWorker } from "@cc-ingest/service";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { openBroker } from "./shared/broker.js";
import { mistake } from "./shared/cli-error.js";
import { type ConfigOption, settings } from "./shared/settings.js";
import { count, print, styled, table } from "./shared/terminal.js";

export interface ProvisionOptions extends ConfigOption {
  readonly verify?: boolean;
  readonly applyLimits?: boolean;
  readonly json?: boolean;
}

interface Provisioned {
  readonly subject: string;
  readonly stream: string;
  readonly messages: number;
  /** Absent where there is nobody to read what goes out. */
  readonly durable?: string;
  readonly pending?: number;
}

/** For whoever reacts to jobs, in few messages at a time. */
const LIFECYCLE_READING = { ackWaitSeconds: 30, maxAckPending: 1_000 };

export async function runProvision(options: ProvisionOptions): Promise<void> {
  if (options.verify === true && options.applyLimits === true)
    throw mistake("--verify changes nothing: leave out --apply-limits");
  const config = await settings(options, ["nats", "api-subjects"]);
  await using nats = await openBroker(config);
  const jsm = await jetstreamManager(nats, { checkAPI: false });
  const found = await provisionAll(jsm, config, options.verify === true ? "verify" : "auto");
  if (options.applyLimits === true)
    for (const { stream } of found) await applyLimits(jsm, stream, config.ingest.streams);
  print(options.json === true ? JSON.stringify(found) : show(found));
}

/** All streams and durable consumers, made or checked. */
export async function provisionAll(
  jsm: JetStreamManager,
  config: Config,
  provisioning: Provisioning,
): Promise<Provisioned[]> {
  const found: Provisioned[] = [];
  for (const worker of workersOf(config)) {
    const stream = await ensureWorker(jsm, worker, config.ingest.streams, provisioning);
    found.push(await look(jsm, stream, worker));
  }
  const outgoing = lifecycleStream(config);
  if (outgoing === undefined) return found;
  const stream = await ensureStream(jsm, outgoing, provisioning);
  const reader = { subject: outgoing.subject, durable: lifecycleDurable };
  // A site may do without it, so a check does not ask for it.
  if (provisioning === "verify") return [...found, await lookWithout(jsm, stream, reader.subject)];
  await ensureConsumer(jsm, stream, { ...reader, ...LIFECYCLE_READING }, provisioning);
  return [...found, await look(jsm, stream, reader)];
}

export function workersOf(config: Config): Worker[] {
  return [jobsWorker(config), nodestateWorker(config)].filter((worker) => worker !== undefined);
}

async function look(
  jsm: JetStreamManager,
  stream: string,
  { subject, durable }: Pick<Worker, "subject" | "durable">,
): Promise<Provisioned> {
  const { num_pending: pending } = await jsm.consumers.info(stream, durable);
  return { ...(await lookWithout(jsm, stream, subject)), durable, pending };
}

async function lookWithout(jsm: JetStreamManager, stream: string, subject: string): Promise<Provisioned> {
  return { subject, stream, messages: (await jsm.streams.info(stream)).state.messages };
}

function show(found: readonly Provisioned[]): string {
  const head = ["SUBJECT", "STREAM", "MESSAGES", "CONSUMER", "PENDING"].map((title) => styled("dim", title));
  return table([
    head,
    ...found.map((each) => [
      each.subject,
      each.stream,
      count(each.messages),
      each.durable ?? "",
      each.pending === undefined ? "" : count(each.pending),
    ]),
  ]);
}
