import { type DeadLetterStatus, type LetterSummary, countLetters, findLetters } from "@cc-ingest/database";
import { isoTime, toJson } from "@cc-ingest/service";
import { withDatabase } from "../shared/database.js";
import { settings } from "../shared/settings.js";
import { count, note, oneLine, print, styled, table } from "../shared/terminal.js";
import { type FilterOptions, filterOf, named } from "./selection.js";

export interface ListOptions extends FilterOptions {
  readonly status: DeadLetterStatus | "all";
  readonly limit: number;
  readonly after?: bigint;
}

export async function runList(options: ListOptions): Promise<void> {
  const config = await settings(options, ["database"]);
  const { status, limit, after } = options;
  const filter = { ...filterOf(options), ...statuses(status) };
  const { letters, matching } = await withDatabase(config, async (db) => {
    if (after !== undefined) await named(db, [after]);
    return {
      letters: await findLetters(db, filter, { order: "newest first", after, limit }),
      matching: await countLetters(db, filter),
    };
  });
  const next = letters.length === limit ? letters.at(-1)?.id : undefined;
  if (options.json === true) print(toJson({ matching, next, deadLetters: letters.map(toObject) }));
  else show(letters, matching, next);
}

function statuses(status: ListOptions["status"]): { statuses?: readonly DeadLetterStatus[] } {
  if (status === "all") return {};
  return { statuses: status === "open" ? ["open", "replaying"] : [status] };
}

function toObject({ receivedAt, ...letter }: LetterSummary): object {
  return { ...letter, receivedAt: isoTime(receivedAt) };
}

const MESSAGE_WIDTH = 80;

function show(letters: readonly LetterSummary[], matching: number, next: bigint | undefined): void {
  if (letters.length === 0) {
    print(matching === 0 ? "no dead letters" : "no further dead letters");
    return;
  }
  const titles = ["ID", "RECEIVED", "STATUS", "REASON", "CLUSTER", "JOB", "SUBJECT", "MESSAGE"];
  const rows = letters.map((letter) => [
    String(letter.id),
    isoTime(letter.receivedAt).slice(0, 19),
    letter.status,
    letter.reason,
    shown(letter.cluster ?? ""),
    letter.jobId === undefined ? "" : String(letter.jobId),
    shown(letter.subject),
    shown(letter.message, MESSAGE_WIDTH),
  ]);
  print(table([titles.map((title) => styled("dim", title)), ...rows]));
  if (next !== undefined)
    note(styled("dim", `${count(matching)} match; go on with --after ${next}`, process.stderr));
}

function shown(text: string, width = Infinity): string {
  const line = oneLine(text);
  return line.length > width ? `${line.slice(0, width)}…` : line;
}
