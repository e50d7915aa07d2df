import { createNoopMeter } from "@opentelemetry/api";
import { hash } from "node:crypto";
import { advanceWatermark, claimRecovery, readWatermark } from "@cc-ingest/database";
import { type Worker, isGone } from "@cc-ingest/jetstream";
import type { Logger } from "@cc-ingest/telemetry";
import type { JetStreamManager, StreamInfo } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { ServiceMetrics } from "../metrics/service-metrics.js";
import type { LineEvent } from "../decode-batch.js";
import type { Work, WorkContext } from "../definition.js";
import type { Announce } from "../jobs/lifecycle.js";
import { jobWork } from "../jobs/job-work.js";
import { nodestateWork } from "../nodestate/nodestate-work.js";
import { jobsWorker, nodestateWorker } from "../workers.js";
import type { RangeResult } from "./range-tally.js";
import { type RangeContext, replayRange } from "./replay-range.js";

export interface SourceContext extends Omit<WorkContext, "service"> {
  readonly nats: NatsConnection;
  readonly jsm: JetStreamManager;
  /** What the connection's user may subscribe to. */
  readonly inboxPrefix: string;
  readonly log: Logger;
  /** Tells of runs that start or stop; undefined tells nobody. */
  readonly announce: Announce | undefined;
}

export interface SourceOptions extends Pick<
  RangeContext<LineEvent, never>,
  "stop" | "onBegin" | "onBatch" | "onRetry"
> {
  /** Begins at `from` even where an earlier replay has been interrupted. */
  readonly anew: boolean;
}

/** What a service takes from streams, and how a person applies a stretch of it again. */
export interface ReplaySource {
  readonly service: string;
  readonly worker: Worker;
  /**
   * Applies what the stream holds from one sequence to another, both included. Who was interrupted goes on, unless the database may
   * have been set back meanwhile.
   *
   * @returns undefined when somebody else is at it
   */
  readonly replay: (
    stream: StreamInfo,
    from: number,
    to: number,
    options: SourceOptions,
  ) => Promise<RangeResult | undefined>;
}

/** For a configuration that names the subjects. */
export function replaySources(context: SourceContext): ReplaySource[] {
  const { config, build, announce } = context;
  const jobs = { service: "ingest-jobs", build };
  const nodestate = { service: "ingest-nodestate", build };
  const ofJobs = jobWork({ ...context, ...jobs });
  return [
    source(
      context,
      jobs.service,
      jobsWorker(config),
      announce === undefined ? ofJobs : { ...ofJobs, announce },
    ),
    source(context, nodestate.service, nodestateWorker(config), nodestateWork({ ...context, ...nodestate })),
  ].flat();
}

function source<Event extends LineEvent, Effect>(
  context: SourceContext,
  service: string,
  worker: Worker | undefined,
  work: Work<Event, Effect>,
): ReplaySource[] {
  if (worker === undefined) return [];
  const origin = { service, build: context.build };
  const { timestampPrecision: precision } = context.config.ingest;
  const metrics = ServiceMetrics.on(createNoopMeter(), service);
  const range = {
    ...context,
    origin,
    work,
    precision,
    worker,
    metrics,
    databaseUrl: context.config.database.url,
  };
  return [{ service, worker, replay: (...asked) => replayFrom(range, ...asked) }];
}

async function replayFrom<Event extends LineEvent, Effect>(
  context: Omit<RangeContext<Event, Effect>, "consumer" | "purpose" | keyof SourceOptions> & {
    readonly databaseUrl: string;
  },
  { config, created, state }: StreamInfo,
  from: number,
  to: number,
  { anew, ...options }: SourceOptions,
): Promise<RangeResult | undefined> {
  const { db, jsm, worker, databaseUrl } = context;
  const key = { stream: config.name, durable: worker.durable };
  const found = await readWatermark(db, key);
  const purpose = [found.incarnation, created, from].join(" ");
  const consumer = `${worker.durable}-replay-${hash("sha256", purpose).slice(0, 12)}`;
  const range = { stream: config.name, firstSequence: from, lastSequence: to };
  const result = await claimRecovery(databaseUrl, { stream: config.name, durable: consumer }, async () => {
    if (anew) await deleteConsumer(jsm, config.name, consumer);
    return await replayRange({ ...context, ...options, consumer, purpose }, range);
  });
  // All that the stream held before is known to be here too: a service need not look at it again.
  const joined = from <= Math.max(state.first_seq, (found.mark?.floor ?? 0) + 1);
  if (result?.finished === true && joined)
    await advanceWatermark(db, key, found, { streamCreated: created, floor: to });
  return result;
}

async function deleteConsumer(jsm: JetStreamManager, stream: string, name: string): Promise<void> {
  try {
    await jsm.consumers.delete(stream, name);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
