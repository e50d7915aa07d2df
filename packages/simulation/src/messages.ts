import { type ClusterEvent, clusterEvents } from "./cluster-events.js";
import { nodeStateMessage, startMessage, stopMessage } from "./encode.js";
import type { SimulationOptions } from "./options.js";

/** One message as a producer sends it. */
export interface SimulatedMessage {
  /** When it is sent: milliseconds since the beginning. */
  readonly due: number;
  readonly kind: "start_job" | "stop_job" | "nodestate";
  /** 0 for node states. */
  readonly jobId: number;
  readonly bytes: Uint8Array;
  /** The same message was sent before. */
  readonly repeated: boolean;
  /** Malformed lines in it; every message also carries one good line. */
  readonly badLines: number;
}

/** What the producers send when nothing goes wrong, in order of time. */
export function* plainMessages(options: SimulationOptions): Generator<SimulatedMessage, undefined> {
  for (const event of clusterEvents(options)) yield* messagesOf(event, options);
  return undefined;
}

function* messagesOf(event: ClusterEvent, options: SimulationOptions): Generator<SimulatedMessage> {
  const once = { repeated: false, badLines: 0 };
  if (event.kind === "report") {
    const time = Math.floor((options.startTime + event.at) / 1000);
    for (let first = 0; first < event.nodes.length; first += options.nodesPerMessage) {
      const nodes = event.nodes.slice(first, first + options.nodesPerMessage);
      const bytes = nodeStateMessage(nodes, { first, time }, options);
      yield { ...once, due: event.at, kind: "nodestate", jobId: 0, bytes };
    }
    return;
  }
  const due = atNextPoll(event.at, options.pollIntervalSeconds * 1000);
  const { job } = event;
  yield event.kind === "start"
    ? { ...once, due, kind: "start_job", jobId: job.jobId, bytes: startMessage(job, options) }
    : { ...once, due, kind: "stop_job", jobId: job.jobId, bytes: stopMessage(job, options) };
}

function atNextPoll(at: number, interval: number): number {
  return interval === 0 ? at : Math.ceil(at / interval) * interval;
}
