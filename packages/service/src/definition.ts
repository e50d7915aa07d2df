import type { Config } from "@cc-ingest/config";
import type { Batch, Database } from "@cc-ingest/database";
import type { Worker } from "@cc-ingest/jetstream";
import type { MessageOutcome } from "@cc-ingest/protocol";
import type { LineEvent } from "./decode-batch.js";

/** How a batch's events are stored; `toDeadLetter` describes one that the database refuses. */
export type Commit<Event> = (
  db: Database,
  batch: Omit<Batch<Event, never>, "apply">,
) => Promise<readonly string[]>;

/** What makes one service differ from another. */
export interface ServiceDefinition<Event extends LineEvent> {
  readonly name: string;
  /** The part of the configuration that is this service's. */
  readonly worker: (config: Config) => Worker | undefined;
  /** The events this service takes; a line that is none of them becomes a dead letter. */
  readonly accept: (outcome: MessageOutcome) => Event | undefined;
  /** Stores a batch in one transaction and gives an outcome per event. */
  readonly commit: Commit<Event>;
}
