import type { Config } from "@cc-ingest/config";
import { type Worker, messageFrom } from "@cc-ingest/jetstream";
import {
  type ReplicaStatus,
  type StreamStatus,
  jobsWorker,
  nodestateWorker,
  readReplicas,
  readStream,
} from "@cc-ingest/service";
import type { Broker } from "@cc-ingest/web";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { pause } from "../live/region.js";
import { explainBroker } from "./explain-broker.js";

/** What the broker said at one moment. */
export interface Look {
  /** Unix milliseconds. */
  readonly at: number;
  /** Why nothing is known. */
  readonly problem: string | undefined;
  readonly streams: readonly StreamLook[];
  readonly replicas: readonly ReplicaStatus[];
}

export interface StreamLook {
  /** Of the service whose messages it stores. */
  readonly service: string;
  readonly status: StreamStatus;
  /** How long the oldest message that is not worked through has been there; 0 when all are, null: not known. */
  readonly oldestSeconds: number | null;
}

const EVERY_MS = 2_000;
const KEPT = 900;

/** Looks at the broker every two seconds, whether anybody watches or not, and remembers half an hour of it. */
export class PipelineWatch {
  readonly #config: Config;
  readonly #broker: Broker;
  readonly #looks: Look[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(config: Config, broker: Broker) {
    this.#config = config;
    this.#broker = broker;
  }

  /** The oldest first. */
  get history(): readonly Look[] {
    return this.#looks;
  }

  get newest(): Look | undefined {
    return this.#looks.at(-1);
  }

  /** Resolves with the next look; with undefined when it ends before. */
  async next(end: AbortSignal): Promise<Look | undefined> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        end.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      end.addEventListener("abort", done, { once: true });
      if (end.aborted) done();
    });
    return end.aborted ? undefined : this.newest;
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      this.#looks.push(await this.#look());
      if (this.#looks.length > KEPT) this.#looks.shift();
      for (const done of this.#waiting) done();
      await pause(EVERY_MS, stop);
    }
  }

  async #look(): Promise<Look> {
    try {
      const nats = this.#broker.connected();
      const jsm = await jetstreamManager(nats, { checkAPI: false });
      const workers = [
        ["ingest-jobs", jobsWorker(this.#config)],
        ["ingest-nodestate", nodestateWorker(this.#config)],
      ] as const;
      const [streams, replicas] = await Promise.all([
        Promise.all(workers.map(([service, worker]) => this.#lookAt(jsm, service, worker))),
        readReplicas(nats),
      ]);
      return { at: Date.now(), problem: undefined, streams, replicas };
    } catch (error) {
      return { at: Date.now(), problem: explainBroker(error), streams: [], replicas: [] };
    }
  }

  async #lookAt(jsm: JetStreamManager, service: string, worker: Worker | undefined): Promise<StreamLook> {
    if (worker === undefined) throw new Error("a checked configuration names the subjects");
    const status = await readStream(jsm, worker, this.#config);
    return { service, status, oldestSeconds: await oldestSeconds(jsm, status) };
  }
}

async function oldestSeconds(jsm: JetStreamManager, status: StreamStatus): Promise<number | null> {
  if (status.problem !== undefined) return null;
  const { stream, ackFloor, pending, ackPending } = status;
  if (pending + ackPending === 0) return 0;
  const oldest = await messageFrom(jsm, stream, ackFloor + 1);
  return oldest === undefined
    ? 0
    : Math.max(0, Date.now() / 1_000 - Number(oldest.storedAt / 1_000_000n) / 1_000);
}
