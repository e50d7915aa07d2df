import { setTimeout as delay } from "node:timers/promises";
import type { Config } from "@cc-ingest/config";
import { type SimulatedMessage, simulate } from "@cc-ingest/simulation";
import type { NatsConnection } from "@nats-io/transport-node";
import { openBroker } from "../shared/broker.js";
import { type PublishSubjects, publishSubjects } from "../shared/publish-subjects.js";
import { untilAborted } from "../shared/until-aborted.js";
import { deliver } from "../simulate/deliver.js";
import { type TrafficOptions, toSimulationOptions } from "../simulate/options.js";
import { coreSink } from "../simulate/sinks.js";
import { type Totals, nothing } from "../simulate/totals.js";
import { RunningJobs } from "./running-jobs.js";

/** A broker that is gone would keep the last messages waiting for it. */
const LAST_MESSAGES_MS = 3_000;

/**
 * Lets the imaginary cluster live until the signal aborts, and then switches it off: its running jobs are cancelled, or
 * they would run for ever where the data is kept. `producer`: how to connect as one who may publish.
 */
export async function sendTraffic(
  config: Config,
  producer: Pick<Config, "nats">,
  options: TrafficOptions,
  signal: AbortSignal,
  onSent: (totals: Totals) => void,
): Promise<void> {
  const subjects = publishSubjects(config, options.cluster);
  const nats = await openBroker(producer);
  try {
    onSent(nothing);
    await Promise.race([liveAndEnd(nats, subjects, options, signal, onSent), tooLate(signal)]);
  } finally {
    await nats.close();
  }
}

async function liveAndEnd(
  nats: NatsConnection,
  subjects: PublishSubjects,
  options: TrafficOptions,
  signal: AbortSignal,
  onSent: (totals: Totals) => void,
): Promise<void> {
  const jobs = new RunningJobs(options.cluster);
  const sink = coreSink(nats, subjects);
  const watched = {
    ...sink,
    async send(message: SimulatedMessage) {
      await sink.send(message);
      jobs.note(message);
    },
  };
  const messages = simulate(toSimulationOptions(options, Date.now()));
  await deliver(messages, watched, { realTime: true, signal }, onSent);
  for (const bytes of jobs.cancellations(Math.floor(Date.now() / 1000)))
    nats.publish(subjects.jobEvent, bytes);
  await nats.flush();
}

async function tooLate(signal: AbortSignal): Promise<void> {
  await untilAborted(signal);
  await delay(LAST_MESSAGES_MS, undefined, { ref: false });
}
