import { jobMessages } from "../messages.ts";
import type { Finding } from "../report.ts";
import { jobFeed } from "../stack.ts";
import { type ThroughputOptions, throughput } from "./throughput.ts";

interface JobLoad extends Pick<ThroughputOptions, "name" | "rounds" | "goal" | "env"> {
  readonly jobs: number;
  readonly startsOnly: boolean;
}

/** Job events, counted in events. */
export function jobs({ jobs: count, startsOnly, ...load }: JobLoad): Promise<Finding> {
  const messages = (round: number): Uint8Array[] => jobMessages({ jobs: count, seed: round, startsOnly });
  return throughput({ ...load, feed: jobFeed, messages, perMessage: 1, table: "job" });
}
