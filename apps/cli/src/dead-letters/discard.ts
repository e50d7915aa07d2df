import { type LetterSummary, discardLetters } from "@cc-ingest/database";
import { type Reached, inPages, toJson } from "@cc-ingest/service";
import { withDatabase } from "../shared/database.js";
import { Progress } from "../shared/progress.js";
import { settings } from "../shared/settings.js";
import { stopSignal } from "../shared/stop-signal.js";
import { count, print } from "../shared/terminal.js";
import { moreNote } from "./more-note.js";
import { type AnswerOptions, actorOf, answerFilter, named } from "./selection.js";

export interface DiscardOptions extends AnswerOptions {
  readonly note?: string;
}

interface Discarded extends Reached {
  readonly discarded: number;
  readonly dryRun: boolean;
}

export async function runDiscard(ids: readonly bigint[], options: DiscardOptions): Promise<void> {
  const filter = { ...answerFilter(ids, options), statuses: ["open" as const] };
  const config = await settings(options, ["database"]);
  const actor = actorOf(options);
  const dryRun = options.dryRun === true;
  let discarded = 0;
  using stop = stopSignal();
  using progress = new Progress();
  const { limit, rate, after } = options;
  const reached = await withDatabase(config, async (db) => {
    await named(db, after === undefined ? ids : [...ids, after]);
    const work = async (page: readonly LetterSummary[], total: number): Promise<void> => {
      discarded += dryRun ? page.length : (await discardLetters(db, page, actor, options.note)).size;
      progress.tell(`discarded ${count(discarded)} of ${count(total)}`);
    };
    return await inPages(db, filter, { limit, rate, after, signal: stop.signal }, work);
  });
  print(
    options.json === true
      ? toJson({ ...reached, discarded, dryRun } satisfies Discarded)
      : show(ids.length, { ...reached, discarded, dryRun }),
  );
}

function show(asked: number, result: Discarded): string {
  const { discarded, dryRun, more } = result;
  const lines = [`${dryRun ? "would discard" : "discarded"} ${count(discarded)}`];
  const closed = asked - discarded - more;
  if (closed > 0) lines.push(`${count(closed)} not open: nothing to do`);
  return [...lines, ...moreNote(result)].join("\n");
}
