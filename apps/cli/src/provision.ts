import type { Config } from "@cc-ingest/config";
import { type Worker, applyLimits, ensureStream, ensureWorker } from "@cc-ingest/jetstream";
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
  /** Absent where the messages are for others. */
  readonly durable?: string;
  readonly pending?: number;
}

export async function runProvision(options: ProvisionOptions): Promise<void> {
  if (options.verify === true && options.applyLimits === true)
    throw mistake("--verify changes nothing: leave out --apply-limits");
  const config = await settings(options, ["nats", "api-subjects"]);
  await using nats = await openBroker(config);
  const jsm = await jetstreamManager(nats, { checkAPI: false });
  const provisioning = options.verify === true ? "verify" : "auto";
  const found: Provisioned[] = [];
  for (const worker of workersOf(config)) {
    const stream = await ensureWorker(jsm, worker, config.ingest.streams, provisioning);
    found.push(await look(jsm, stream, worker));
  }
  const outgoing = lifecycleStream(config);
  if (outgoing !== undefined) {
    const stream = await ensureStream(jsm, outgoing, provisioning);
    found.push({ subject: outgoing.subject, stream, messages: await messagesIn(jsm, stream) });
  }
  if (options.applyLimits === true)
    for (const { stream } of found) await applyLimits(jsm, stream, config.ingest.streams);
  print(options.json === true ? JSON.stringify(found) : show(found));
}

export function workersOf(config: Config): Worker[] {
  return [jobsWorker(config), nodestateWorker(config)].filter((worker) => worker !== undefined);
}

async function look(
  jsm: JetStreamManager,
  stream: string,
  { subject, durable }: Worker,
): Promise<Provisioned> {
  const { num_pending: pending } = await jsm.consumers.info(stream, durable);
  return { subject, stream, messages: await messagesIn(jsm, stream), durable, pending };
}

async function messagesIn(jsm: JetStreamManager, stream: string): Promise<number> {
  return (await jsm.streams.info(stream)).state.messages;
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
