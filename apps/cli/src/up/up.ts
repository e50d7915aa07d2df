import { setTimeout as delay } from "node:timers/promises";
import { simulate } from "@cc-ingest/simulation";
import { openBroker } from "../shared/broker.js";
import { CliError } from "../shared/cli-error.js";
import { exitCodes } from "../shared/exit-codes.js";
import { subjectsOf } from "../shared/settings.js";
import { stopSignal } from "../shared/stop-signal.js";
import { note, print } from "../shared/terminal.js";
import { deliver } from "../simulate/deliver.js";
import { type TrafficOptions, toSimulationOptions } from "../simulate/options.js";
import { coreSink } from "../simulate/sinks.js";
import { type Totals, nothing } from "../simulate/totals.js";
import { StatusReader } from "../status/status-reader.js";
import { oneLine, showLive } from "./live-summary.js";
import { showAddresses } from "./show-addresses.js";
import { type RunningService, tailOf } from "./start-services.js";
import { type RunningStack, type StackOptions, startStack } from "./start-stack.js";

export interface UpOptions extends StackOptions, TrafficOptions {
  readonly simulation: boolean;
}

/** Starts everything, runs it until Ctrl-C, stops everything. */
export async function runUp(options: UpOptions): Promise<void> {
  using stop = stopSignal();
  await using resources = new AsyncDisposableStack();
  const stack = await Promise.race([startStack(options, resources), untilAborted(stop.signal)]);
  if (stack === undefined) {
    await resources.disposeAsync();
    note("stopped while starting");
    // What is still being started ends with this process: its guards see to that.
    process.exit(exitCodes.done);
  }
  print(showAddresses(stack));
  await run(stack, options, stop.signal);
  note("stopping: the services finish what they hold");
  await Promise.all(stack.services.map(({ process: service }) => service.stop()));
  await using reader = new StatusReader(stack.config, {});
  print(`stopped   ${oneLine(await reader.read())}`);
}

/** @throws CliError when a service dies, or what broke the simulation */
async function run(stack: RunningStack, options: UpOptions, stop: AbortSignal): Promise<void> {
  const { config, services } = stack;
  const urls = Object.fromEntries(services.map(({ name, url }) => [name, url]));
  await using reader = new StatusReader(config, urls);
  const end = new AbortController();
  let sent: Totals | undefined;
  const live = showLive({ reader, sent: () => sent, signal: end.signal });
  const traffic = options.simulation
    ? sendTraffic(stack, options, end.signal, (totals) => (sent = totals))
    : untilAborted(end.signal);
  try {
    await Promise.race([untilAborted(stop), traffic, ...services.map(untilDead)]);
  } finally {
    end.abort();
    await live;
    // A broker that is gone would keep the last messages waiting for it.
    await Promise.race([traffic.catch(() => {}), delay(LAST_MESSAGES_MS)]);
  }
}

const LAST_MESSAGES_MS = 2_000;

async function sendTraffic(
  { config }: RunningStack,
  options: UpOptions,
  signal: AbortSignal,
  onSent: (totals: Totals) => void,
): Promise<void> {
  const nats = await openBroker(config);
  try {
    onSent(nothing);
    const messages = simulate(toSimulationOptions(options, Date.now()));
    await deliver(messages, coreSink(nats, subjectsOf(config)), { realTime: true, signal }, onSent);
  } finally {
    await nats.close();
  }
}

async function untilAborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return undefined;
  await new Promise((resolve) => {
    signal.addEventListener("abort", resolve, { once: true });
  });
  return undefined;
}

async function untilDead({ name, logFile, process: service }: RunningService): Promise<never> {
  await service.exited;
  throw new CliError(
    exitCodes.failed,
    `${name} ended unexpectedly. Its log (${logFile}) ends with:\n${await tailOf(logFile)}`,
  );
}
