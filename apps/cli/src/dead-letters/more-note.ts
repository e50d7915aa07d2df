import { count } from "../shared/terminal.js";
import type { Reached } from "@cc-ingest/service";

/** What is left to do, and how. */
export function moreNote({ more, last }: Reached): string[] {
  if (more === 0) return [];
  return [`${count(more)} more match: run it again, with a higher --limit or with --after ${last}`];
}
