import { type LetterAction, type StoredLetter, readActions, readLetters } from "@cc-ingest/database";
import type { Precision } from "@cc-ingest/protocol";
import { type InspectedMessage, inspectMessage, isoTime, toJson } from "@cc-ingest/service";
import { mistake } from "../shared/cli-error.js";
import { withDatabase } from "../shared/database.js";
import { type ConfigOption, settings } from "../shared/settings.js";
import { print } from "../shared/terminal.js";
import { showLetter } from "./show-letter.js";

export interface ShowOptions extends ConfigOption {
  readonly raw?: boolean;
  readonly edited?: boolean;
  readonly json?: boolean;
}

export interface ShownLetter extends InspectedMessage {
  readonly letter: StoredLetter;
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
  return { letter, actions, ...inspectMessage(letter.raw, { precision, streamTime: letter.receivedAt }) };
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
