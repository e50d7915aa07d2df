import type { LineKey } from "@cc-ingest/database";

/** What tells a line from all others, as a key of a map. */
export function lineKey({ stream, streamSequence, receivedAt, lineNumber }: LineKey): string {
  return `${stream} ${streamSequence} ${receivedAt} ${lineNumber}`;
}
