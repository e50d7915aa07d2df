import { setTimeout as delay } from "node:timers/promises";
import { brokerAt } from "../shared/broker.js";
import { CliError } from "../shared/cli-error.js";
import { exitCodes } from "../shared/exit-codes.js";
import { stopSignal } from "../shared/stop-signal.js";
import { note, print } from "../shared/terminal.js";
import { untilAborted } from "../shared/until-aborted.js";
import type { TrafficOptions } from "../simulate/options.js";
import type { Totals } from "../simulate/totals.js";
import { type Status, problemsOf } from "../status/status.js";
import { StatusReader } from "../status/status-reader.js";
import { sendTraffic } from "./send-traffic.js";
import { lagOf, oneLine, showLive } from "./live-summary.js";
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
  const { config, services } = stack;
  const urls = Object.fromEntries(services.map(({ name, url }) => [name, url]));
  await using reader = new StatusReader(config, urls);
  await run(stack, reader, options, stop.signal);
  note("stopping: the services finish what there is");
  print(`stopped   ${oneLine(await untilDrained(reader))}`);
  await Promise.all([...services, ...stack.web].map(({ process: service }) => service.stop()));
}

/** @throws CliError when a service dies, or what broke the simulation */
async function run(
  { config, services, web, broker }: RunningStack,
  reader: StatusReader,
  options: UpOptions,
  stop: AbortSignal,
): Promise<void> {
  const end = new AbortController();
  let sent: Totals | undefined;
  const live = showLive({ reader, sent: () => sent, signal: end.signal });
  const producer = broker.urlOf === undefined ? config : brokerAt(broker.producerUrl);
  const traffic = options.simulation
    ? sendTraffic(config, producer, options, end.signal, (totals) => {
        sent = totals;
      })
    : untilAborted(end.signal);
  try {
    await Promise.race([untilAborted(stop), traffic, ...[...services, ...web].map(untilDead)]);
  } finally {
    end.abort();
    await Promise.allSettled([live, traffic]);
  }
}

const DRAIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

/** The newest status: with nothing left to do, or after a few seconds; what is left then is done after the next start. */
async function untilDrained(reader: StatusReader): Promise<Status> {
  const deadline = performance.now() + DRAIN_MS;
  for (;;) {
    const status = await reader.read();
    // Broker and tables are read at the same time: the tables of the look that first found no lag may be older than it.
    if (lagOf(status) === 0) return await reader.read();
    if (problemsOf(status).length > 0 || performance.now() > deadline) return status;
    await delay(LOOK_EVERY_MS);
  }
}

async function untilDead({ name, logFile, process: service }: RunningService): Promise<never> {
  await service.exited;
  throw new CliError(
    exitCodes.failed,
    `${name} ended unexpectedly. Its log (${logFile}) ends with:\n${await tailOf(logFile)}`,
  );
}
