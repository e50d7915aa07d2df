import { setTimeout as delay } from "node:timers/promises";
import {
  type Database,
  type LetterFilter,
  type LetterSummary,
  countLetters,
  findLetters,
} from "@cc-ingest/database";

export interface BulkOptions {
  /** Dead letters at most, and per second at most. */
  readonly limit: number;
  readonly rate: number;
  /** Those up to this one are left out. */
  readonly after: bigint | undefined;
  readonly signal: AbortSignal;
}

/** How far it got. `more`: how many fit and were not reached. */
export interface Reached {
  readonly seen: number;
  readonly last: bigint | undefined;
  readonly more: number;
}

const PAGE = 50;

/**
 * Gives the dead letters that fit, the oldest first, a page at a time and no faster than allowed. Each is given once, whatever becomes
 * of it. Ends early, between two pages, when the signal aborts.
 */
export async function inPages(
  db: Database,
  filter: LetterFilter,
  { limit, rate, after, signal }: BulkOptions,
  work: (page: readonly LetterSummary[], total: number) => Promise<void>,
): Promise<Reached> {
  const total = Math.min(limit, await countLetters(db, filter, after));
  const began = performance.now();
  let last = after;
  let seen = 0;
  while (seen < limit && !signal.aborted) {
    const size = Math.min(PAGE, limit - seen, Math.ceil(rate / 2));
    const page = await findLetters(db, filter, { order: "oldest first", after: last, limit: size });
    if (page.length === 0) break;
    const wait = (seen * 1000) / rate - (performance.now() - began);
    if (wait > 1) await delay(wait, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    await work(page, total);
    seen += page.length;
    last = page.at(-1)?.id;
  }
  return { seen, last, more: await countLetters(db, filter, last) };
}
