import { type Database, type LetterFilter, type LetterSummary, readLetters } from "@cc-ingest/database";
import { PublishError } from "@cc-ingest/jetstream";
import { type ReplayedLetter, Replayer, build, editFault, inPages } from "@cc-ingest/service";
import { CliError, mistake } from "../shared/cli-error.js";
import { clusterDefinitions } from "../shared/cluster-definitions.js";
import { withDatabase } from "../shared/database.js";
import { exitCodes } from "../shared/exit-codes.js";
import { Progress } from "../shared/progress.js";
import { readInput } from "../shared/read-input.js";
import { settings } from "../shared/settings.js";
import { stopSignal } from "../shared/stop-signal.js";
import { print } from "../shared/terminal.js";
import { Announcer } from "./announcer.js";
import { Tally } from "./replay-tally.js";
import { type AnswerOptions, actorOf, answerFilter, named } from "./selection.js";

export interface ReplayOptions extends AnswerOptions {
  readonly payload?: string;
}

export async function runReplay(ids: readonly bigint[], options: ReplayOptions): Promise<void> {
  const filter = replayFilter(ids, options);
  if (options.payload !== undefined && ids.length !== 1)
    throw mistake("--payload takes the place of one dead letter: give its number");
  // The subjects say which of a letter's clusters its own subject speaks for.
  const config = await settings(options, ["database", "api-subjects"]);
  const definitions = clusterDefinitions(config);
  const edited = options.payload === undefined ? undefined : await readInput(options.payload);
  const dryRun = options.dryRun === true;
  const tally = new Tally(dryRun, ids.length);
  using stop = stopSignal();
  using progress = new Progress();
  await using announcer = new Announcer(config);
  const { limit, rate, after } = options;
  const reached = await withDatabase(config, async (db) => {
    await named(db, after === undefined ? ids : [...ids, after]);
    const { announce } = announcer;
    const replayer = new Replayer({ config, definitions, db, build, announce, actor: actorOf(options) });
    const work = async (page: readonly LetterSummary[], total: number): Promise<void> => {
      const letters = await withPayload(db, page, edited);
      if (dryRun) tally.add(replayer.preview(letters));
      else {
        if (letters.some(({ letter }) => letter.service === "ingest-jobs")) await announcer.open();
        tally.add(await replayer.replay(letters).catch(explainUnannounced));
      }
      progress.tell(tally.line(total));
    };
    return await inPages(db, filter, { limit, rate, after, signal: stop.signal }, work);
  });
  print(options.json === true ? tally.json(reached) : tally.text(reached));
  if (tally.refused > 0 && !dryRun)
    throw new CliError(exitCodes.failed, `${tally.refused} refused again, see above; they stay open`);
}

function explainUnannounced(cause: unknown): never {
  if (!(cause instanceof PublishError)) throw cause;
  throw new CliError(
    exitCodes.failed,
    `what was applied could not be announced: ${cause.message}. Run it again when the broker works: these letters are not closed yet`,
    { cause },
  );
}

/** One that ended a service would end this too, again and again: it must be asked for. */
function replayFilter(ids: readonly bigint[], options: AnswerOptions): LetterFilter {
  const filter = answerFilter(ids, options);
  if (ids.length > 0) return { ...filter, statuses: ["open", "replaying", "discarded"] };
  const exceptReasons = filter.reasons === undefined ? ["crashes_service"] : [];
  return { ...filter, statuses: ["open", "replaying"], exceptReasons };
}

async function withPayload(
  db: Database,
  page: readonly LetterSummary[],
  payload: Uint8Array | undefined,
): Promise<ReplayedLetter[]> {
  const letters = await readLetters(
    db,
    page.map(({ id }) => id),
  );
  return letters.map((letter) => {
    if (payload === undefined) return { letter, edited: letter.edited };
    const fault = editFault(letter, payload);
    if (fault !== undefined)
      throw mistake(`the payload can't be replayed as dead letter ${letter.id}: ${fault}`);
    if (letter.status === "replaying")
      throw mistake(
        `a replay of dead letter ${letter.id} was interrupted and has to be finished first: run it without --payload`,
      );
    return { letter, edited: payload };
  });
}
