import { type LetterAction, type StoredLetter, readActions, readLetters } from "@cc-ingest/database";
import { type Precision, decodeLines, decodeMessage } from "@cc-ingest/protocol";
import { mistake } from "../shared/cli-error.js";
import { withDatabase } from "../shared/database.js";
import { parseExactly, toJson } from "../shared/exact-json.js";
import { type ConfigOption, settings } from "../shared/settings.js";
import type { Fault } from "../shared/show-fault.js";
import { print } from "../shared/terminal.js";
import { isoTime } from "./iso-time.js";
import { showLetter } from "./show-letter.js";

export interface ShowOptions extends ConfigOption {
  readonly raw?: boolean;
  readonly edited?: boolean;
  readonly json?: boolean;
}

/** A line of a dead letter as it was sent, its numbers exact. */
export interface DecodedLetterLine {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The field `event`, as JSON where it is JSON. */
  readonly event: unknown;
  readonly timestamp: bigint | undefined;
}

export interface ShownLetter {
  readonly letter: StoredLetter;
  readonly lines: readonly DecodedLetterLine[];
  /** Places in its bytes; empty when the lines are sound and something else refused them. */
  readonly faults: readonly Fault[];
  readonly actions: readonly LetterAction[];
}

export async function runShow(id: bigint, options: ShowOptions): Promise<void> {
  if (options.edited === true && options.raw !== true) throw mistake("--edited goes with --raw");
  const config = await settings(options, ["database"]);
  const { letter, actions } = await withDatabase(config, async (db) => {
    const [found] = await readLetters(db, [id]);
    if (found === undefined) throw mistake(`there is no dead letter ${id}`);
    return { letter: found, actions: await readActions(db, found) };
  });
  if (options.raw === true) {
    process.stdout.write(options.edited === true ? lastEdit(id, actions) : letter.raw);
    return;
  }
  const shown = look(letter, actions, config.ingest.timestampPrecision);
  print(options.json === true ? toJson(toObject(shown)) : showLetter(shown));
}

function lastEdit(id: bigint, actions: readonly LetterAction[]): Uint8Array {
  const edited = actions.findLast((action) => action.edited !== undefined)?.edited;
  if (edited === undefined) throw mistake(`dead letter ${id} has not been replayed with other bytes`);
  return edited;
}

function look(letter: StoredLetter, actions: readonly LetterAction[], precision: Precision): ShownLetter {
  const { raw, receivedAt } = letter;
  const lines = [...decodeLines(raw, { precision, whitespaceEscapes: true })].flatMap((line) =>
    line.ok ? [decodedLine(line.point)] : [],
  );
  const outcomes = [...decodeMessage(raw, { precision, streamTime: receivedAt })];
  return { letter, actions, lines, faults: outcomes.filter((outcome) => outcome.kind === "rejected") };
}

type Point = Extract<
  ReturnType<typeof decodeLines> extends Iterable<infer Line> ? Line : never,
  { ok: true }
>["point"];

function decodedLine({ measurement, tags, fields, timestamp }: Point): DecodedLetterLine {
  const event = fields.findLast(([key]) => key === "event")?.[1];
  const text = event?.kind === "string" ? event.value : undefined;
  return {
    measurement,
    tags: Object.fromEntries(tags),
    event: text === undefined ? undefined : (parseExactly(text) ?? text),
    timestamp,
  };
}

function toObject({ letter, lines, faults, actions }: ShownLetter): object {
  const { raw, receivedAt, edited: _, ...rest } = letter;
  return {
    ...rest,
    receivedAt: isoTime(receivedAt),
    rawBase64: Buffer.from(raw).toString("base64"),
    lines,
    faults: faults.map(({ line, column, code, message }) => ({ line, column, code, message })),
    actions: actions.map(({ edited, ...action }) => ({
      ...action,
      editedBase64: edited === undefined ? undefined : Buffer.from(edited).toString("base64"),
    })),
  };
}
