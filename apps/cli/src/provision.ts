import type { Config } from "@cc-ingest/config";
import { type Worker, ensureWorker } from "@cc-ingest/jetstream";
import { jobsWorker, nodestateWorker } from "@cc-ingest/service";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { openBroker } from "./shared/broker.js";
import { type ConfigOption, settings } from "./shared/settings.js";
import { count, print, styled, table } from "./shared/terminal.js";

export interface ProvisionOptions extends ConfigOption {
  readonly verify?: boolean;
  readonly json?: boolean;
}

interface Provisioned {
  readonly subject: string;
  readonly stream: string;
  readonly messages: number;
  readonly durable: string;
  readonly pending: number;
}

export async function runProvision(options: ProvisionOptions): Promise<void> {
  const config = await settings(options, ["nats", "api-subjects"]);
  await using nats = await openBroker(config);
  const jsm = await jetstreamManager(nats, { checkAPI: false });
  const provisioning = options.verify === true ? "verify" : "auto";
  const found: Provisioned[] = [];
  for (const worker of workersOf(config)) {
    const stream = await ensureWorker(jsm, worker, config.ingest.streams, provisioning);
    found.push(await look(jsm, stream, worker));
  }
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
  const { state } = await jsm.streams.info(stream);
  const { num_pending: pending } = await jsm.consumers.info(stream, durable);
  return { subject, stream, messages: state.messages, durable, pending };
}

function show(found: readonly Provisioned[]): string {
  const head = ["SUBJECT", "STREAM", "MESSAGES", "CONSUMER", "PENDING"].map((title) => styled("dim", title));
  return table([
    head,
    ...found.map((each) => [
      each.subject,
      each.stream,
      count(each.messages),
      each.durable,
      count(each.pending),
    ]),
  ]);
}
