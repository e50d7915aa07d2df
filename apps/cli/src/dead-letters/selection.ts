import { userInfo } from "node:os";
import {
  type Actor,
  type Database,
  type LetterFilter,
  type LetterSummary,
  findLetters,
} from "@cc-ingest/database";
import { build, deadLetterReasons } from "@cc-ingest/service";
import { mistake } from "../shared/cli-error.js";
import type { ConfigOption } from "../shared/settings.js";

export interface FilterOptions extends ConfigOption {
  readonly reason?: readonly string[];
  readonly subject?: string;
  /** Unix milliseconds */
  readonly from?: number;
  readonly to?: number;
  readonly cluster?: string;
  readonly job?: bigint;
  readonly json?: boolean;
}

export interface AnswerOptions extends FilterOptions {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly limit: number;
  readonly rate: number;
  readonly after?: bigint;
  readonly as?: string;
}

/** What the options say of which dead letters. */
export function filterOf(options: FilterOptions): LetterFilter {
  const { reason, subject, from, to, cluster, job } = options;
  const known: readonly string[] = deadLetterReasons;
  const unknown = reason?.filter((code) => !known.includes(code)) ?? [];
  if (unknown.length > 0)
    throw mistake(`there is no reason ${unknown.join(", ")}. Those there are: ${known.join(", ")}`);
  return {
    ...(reason === undefined ? {} : { reasons: reason }),
    ...(subject === undefined ? {} : { subject }),
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(job === undefined ? {} : { jobId: job }),
  };
}

/** The same, refused when it says nothing at all. Answering everything takes a word. */
export function answerFilter(ids: readonly bigint[], options: AnswerOptions): LetterFilter {
  const filter = filterOf(options);
  const narrowed = Object.keys(filter).length > 0;
  if (ids.length > 0 && (narrowed || options.all === true))
    throw mistake("give numbers of dead letters, or options that select them, not both");
  if (ids.length === 0 && !narrowed && options.all !== true)
    throw mistake("which ones? Give their numbers, options that select them, or --all");
  return ids.length > 0 ? { ids } : filter;
}

/** The dead letters with these numbers. @throws CliError when one is not there */
export async function named(db: Database, ids: readonly bigint[]): Promise<LetterSummary[]> {
  const found = await findLetters(db, { ids }, { order: "oldest first", limit: ids.length });
  const missing = ids.filter((id) => !found.some((letter) => letter.id === id));
  if (missing.length > 0) throw mistake(`there is no dead letter ${missing.join(", ")}`);
  return found;
}

export function actorOf({ as }: Pick<AnswerOptions, "as">): Actor {
  return { name: as ?? userOfMachine(), build };
}

/** A container may run under a number that no name belongs to. */
function userOfMachine(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
