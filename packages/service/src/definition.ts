import type { Config } from "@cc-ingest/config";
import type { Batch, Database } from "@cc-ingest/database";
import type { MessageOutcome } from "@cc-ingest/protocol";
import type { LineEvent } from "./decode-batch.js";

type ApiSubjects = NonNullable<Config["apiSubjects"]>;

/** How a batch's events are stored; `toDeadLetter` describes one that the database refuses. */
export type Commit<Event> = (
  db: Database,
  batch: Omit<Batch<Event, never>, "apply">,
) => Promise<readonly string[]>;

/** What makes one service differ from another. */
export interface ServiceDefinition<Event extends LineEvent> {
  readonly name: string;
  readonly subject: (subjects: ApiSubjects) => string;
  /** Batches in flight. */
  readonly concurrency: (subjects: ApiSubjects) => number;
  readonly settings: (ingest: Config["ingest"]) => Config["ingest"]["jobs"];
  /** The events this service takes; a line that is none of them becomes a dead letter. */
  readonly accept: (outcome: MessageOutcome) => Event | undefined;
  /** Stores a batch in one transaction and gives an outcome per event. */
  readonly commit: Commit<Event>;
}
