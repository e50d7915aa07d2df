import type { ClusterDefinitions, Config } from "@cc-ingest/config";
import type { Batch, Database } from "@cc-ingest/database";
import type { Worker } from "@cc-ingest/jetstream";
import type { MessageOutcome } from "@cc-ingest/protocol";
import type { LineEvent, Rejection } from "./decode-batch.js";

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
  /**
   * The event this service makes of a line, or why it refuses it; a line that is not its kind (undefined) becomes a dead
   * letter too. `definitions`: undefined when none are configured.
   */
  readonly accept: (
    outcome: MessageOutcome,
    definitions: ClusterDefinitions | undefined,
  ) => Event | Rejection | undefined;
  /** Stores a batch in one transaction and gives an outcome per event. */
  readonly commit: Commit<Event>;
}
