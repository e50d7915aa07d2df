import { encodeStopJob } from "@cc-ingest/protocol";
import type { SimulatedMessage } from "@cc-ingest/simulation";

/** Which of the simulated jobs run, as their messages tell. */
export class RunningJobs {
  readonly #cluster: string;
  /** Jobs of which only a start, or only a stop, was sent. */
  readonly #half = new Map<number, SimulatedMessage["kind"]>();

  constructor(cluster: string) {
    this.#cluster = cluster;
  }

  note({ kind, jobId, repeated }: SimulatedMessage): void {
    if (repeated || kind === "nodestate") return;
    // A job's second message, whichever it is, settles it: stops may come before their starts.
    if (!this.#half.delete(jobId)) this.#half.set(jobId, kind);
  }

  /** The stops of a cluster that is switched off. `now`: Unix seconds. */
  cancellations(now: number): Uint8Array[] {
    const running = [...this.#half].filter(([, kind]) => kind === "start_job");
    return running.map(([jobId]) => {
      const stop = {
        jobId: BigInt(jobId),
        cluster: this.#cluster,
        jobState: "cancelled",
        stopTime: now,
      } as const;
      const encoded = encodeStopJob(stop, { timestamp: BigInt(now) * 1_000_000_000n });
      if (!encoded.ok) throw new RangeError(encoded.message);
      return encoded.bytes;
    });
  }
}
