import { simulate } from "@cc-ingest/simulation";
import { openBroker } from "../shared/broker.js";
import { mistake } from "../shared/cli-error.js";
import { publishSubjects } from "../shared/publish-subjects.js";
import { stopSignal } from "../shared/stop-signal.js";
import { type ConfigOption, settings } from "../shared/settings.js";
import { count, note, print } from "../shared/terminal.js";
import { deliver } from "./deliver.js";
import { type TrafficOptions, toSimulationOptions } from "./options.js";
import { type Sink, ackedSink, coreSink, fileSink } from "./sinks.js";
import type { Totals } from "./totals.js";

export interface SimulateOptions extends ConfigOption, TrafficOptions {
  readonly jobs?: number;
  readonly duration?: number;
  /** Unix milliseconds */
  readonly startTime?: number;
  readonly output?: string;
  readonly ack?: boolean;
  readonly fast?: boolean;
  readonly rateLimit?: number;
  readonly json?: boolean;
}

export async function runSimulate(options: SimulateOptions): Promise<void> {
  if (options.output !== undefined) return await simulateInto(await fileSink(options.output), options);
  if (options.fast === true && options.jobs === undefined && options.duration === undefined)
    throw mistake("--fast needs an end: give --duration or --jobs");
  const config = await settings(options, ["nats", "api-subjects"]);
  const subjects = publishSubjects(config, options.cluster);
  await using nats = await openBroker(config);
  await simulateInto(options.ack === true ? ackedSink(nats, subjects) : coreSink(nats, subjects), options);
}

async function simulateInto(sink: Sink, options: SimulateOptions): Promise<void> {
  const { jobs, duration, rateLimit } = options;
  const realTime = options.output === undefined && options.fast !== true;
  const messages = simulate({
    ...toSimulationOptions(options, options.startTime ?? Date.now() - (realTime ? 0 : span(options))),
    ...(jobs === undefined ? {} : { jobs }),
    ...(duration === undefined ? {} : { durationSeconds: duration }),
  });
  using stop = stopSignal();
  const pace = { realTime, signal: stop.signal, ...(rateLimit === undefined ? {} : { rateLimit }) };
  const began = performance.now();
  const totals = await deliver(messages, sink, pace, () => {});
  const result = { ...totals, seconds: (performance.now() - began) / 1000, stored: sink.stored };
  const tell = options.output === "-" ? note : print;
  tell(options.json === true ? JSON.stringify(result) : show(result));
}

/** How much simulated time will pass, in milliseconds: without pacing it must lie behind us, not ahead. */
function span({ duration, jobs, jobsPerSecond }: SimulateOptions): number {
  if (duration !== undefined) return duration * 1000;
  return jobs === undefined || jobsPerSecond === 0 ? 0 : (jobs / jobsPerSecond) * 1000;
}

function show(result: Totals & { readonly seconds: number; readonly stored: number | undefined }): string {
  const { messages, bytes, starts, stops, nodestates, repeated, badLines, seconds, stored } = result;
  const rate = seconds > 0 ? ` (${count(Math.round(messages / seconds))}/s)` : "";
  const lines = [
    `sent ${count(messages)} messages, ${(bytes / 1e6).toFixed(1)} MB, in ${seconds.toFixed(1)} s${rate}: ` +
      `${count(starts)} starts, ${count(stops)} stops, ${count(nodestates)} node states`,
  ];
  if (repeated > 0) lines.push(`${count(repeated)} of them repeat earlier ones`);
  if (badLines > 0) lines.push(`${count(badLines)} malformed lines in them`);
  if (stored !== undefined) lines.push(`stored ${count(stored)}: each acknowledged by its stream`);
  return lines.join("\n");
}
