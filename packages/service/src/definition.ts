import type { ClusterDefinitions, Config } from "@cc-ingest/config";
import type { Batch, CommitMode, Committed, Database } from "@cc-ingest/database";
import type { Worker } from "@cc-ingest/jetstream";
import type { MessageOutcome } from "@cc-ingest/protocol";
import type { Logger } from "@cc-ingest/telemetry";
import type { NatsConnection } from "@nats-io/transport-node";
import type { LineEvent, LineOrigin, Rejection, Sourced } from "./decode-batch.js";
import type { EventKinds } from "./metrics/known-series.js";
import type { ServiceMetrics } from "./metrics/service-metrics.js";
import type { Progress } from "./progress.js";

/** What lines are worked on with. */
export interface WorkContext extends LineOrigin {
  readonly config: Config;
  /** Undefined when none are configured. */
  readonly definitions: ClusterDefinitions | undefined;
  readonly db: Database;
}

/** What a service works with. */
export interface Runtime extends WorkContext {
  readonly nats: NatsConnection;
  readonly log: Logger;
  readonly metrics: ServiceMetrics;
  readonly progress: Progress;
}

/** Something done every so often beside the batches. A failure is logged and the next turn tries again. */
export interface Chore {
  readonly name: string;
  readonly everySeconds: number;
  /** Whether the first turn comes at once, not after the first pause. */
  readonly atStart?: boolean;
  /** The signal says that the service ends: a long turn stops where its next one can go on. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** What one service does with its lines. `Effect`: what is told to others of a committed batch. */
export interface Work<Event extends LineEvent, Effect = never> {
  /** The event made of a line, or why it is refused; a line of another kind (undefined) becomes a dead letter too. */
  readonly accept: (outcome: MessageOutcome, subject: string) => Event | Rejection | undefined;
  /** Seconds that a line's time may lie ahead of the broker's; by default the codec's. */
  readonly maxAheadSeconds?: number;
  /** Stores a batch. Every event gets an outcome. */
  readonly commit: (
    batch: Omit<Batch<Sourced<Event>, never, never>, "apply">,
    mode: CommitMode,
  ) => Promise<Committed<string, Effect>>;
  /** Why an event is rejected that the database did not refuse. */
  readonly whyRejected?: (event: Event) => Rejection;
  /** Tells the effects, after the commit and before the messages are acknowledged. */
  readonly announce?: (effects: readonly Effect[]) => Promise<void>;
  readonly chores?: readonly Chore[];
}

/** What makes one service differ from another. */
export interface ServiceDefinition<Event extends LineEvent, Effect = never> {
  readonly name: string;
  readonly kinds: EventKinds;
  /** The part of the configuration that is this service's. */
  readonly worker: (config: Config) => Worker | undefined;
  /** @throws ProvisioningError when a person must act first */
  readonly open: (runtime: Runtime) => Promise<Work<Event, Effect>>;
}
