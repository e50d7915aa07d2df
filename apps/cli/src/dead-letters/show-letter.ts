import type { LetterAction, StoredLetter } from "@cc-ingest/database";
import { type InspectedLine, isoTime, toJson } from "@cc-ingest/service";
import { showFault } from "../shared/show-fault.js";
import { count, oneLine, printable, styled, table } from "../shared/terminal.js";
import type { ShownLetter } from "./show.js";

/** Job scripts are long; `--raw` gives all of it. */
const SHOWN_BYTES = 4_000;

/** A dead letter for a person: what it is, where its fault is, what it says, and what has been done about it. */
export function showLetter({ letter, lines, faults, actions }: ShownLetter): string {
  const name = `dead letter ${letter.id}`;
  const places = faults.map((fault) => showFault(name, letter.raw, fault, process.stdout));
  return [
    section(`Dead letter ${letter.id}`, facts(letter)),
    section(
      "Fault",
      places.length > 0 ? places.join("\n") : "none in the line itself: what refused it is named above",
    ),
    ...lines.map((line) => section("Decoded", decoded(line))),
    section(`Raw, ${count(letter.raw.length)} bytes`, rawText(letter.raw)),
    section("Audit trail", actions.length === 0 ? "nobody has answered it yet" : table(actions.map(entry))),
  ].join("\n\n");
}

function facts(letter: StoredLetter): string {
  const { status, reason, message, sqlstate, receivedAt, stream, streamSequence, lineNumber, subject } =
    letter;
  const line = lineNumber === 0 ? "the whole message" : `line ${lineNumber}`;
  const headers = Object.entries(letter.headers ?? {}).flatMap(([key, values]) =>
    values.map((value) => ["header", `${key}: ${value}`]),
  );
  const about = [
    letter.jobId === undefined ? "" : `job ${letter.jobId}`,
    letter.cluster === undefined ? "" : `cluster ${letter.cluster}`,
  ].filter((text) => text !== "");
  const rows = [
    ["status", status],
    ["reason", sqlstate === undefined ? reason : `${reason}, SQLSTATE ${sqlstate}`],
    ["because", message],
    ["received", isoTime(receivedAt)],
    ["message", `${stream} sequence ${streamSequence}, ${line}`],
    ["subject", subject],
    ["about", about.length === 0 ? "can't be read" : about.join(", ")],
    ["refused by", `${letter.service} ${letter.build}`],
    ...headers,
  ];
  return table(rows.map(([key = "", value = ""]) => [styled("dim", key), ` ${oneLine(value)}`]));
}

function decoded({ measurement, tags, event, timestamp }: InspectedLine): string {
  const set = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  const time = timestamp === undefined ? "no time of its own" : isoTime(timestamp);
  const text = typeof event === "string" ? event : toJson(event, 2);
  return printable(`${[measurement, ...set].join(",")}  ${time}\n${text}`);
}

function rawText(raw: Uint8Array): string {
  const text = printable(Buffer.from(raw.subarray(0, SHOWN_BYTES)).toString());
  return raw.length > SHOWN_BYTES ? `${text}…\nshortened: --raw gives all of it` : text;
}

function entry({
  at,
  actor,
  databaseUser,
  action,
  outcome,
  reason,
  message,
  edited,
}: LetterAction): string[] {
  const who = printable(`${actor} (database user ${databaseUser})`);
  const what = edited === undefined ? action : `${action} of other bytes`;
  const why = [reason, message].filter((text) => text !== undefined).join(": ");
  return [at.toISOString(), who, `${what}: ${outcome}`, oneLine(why)];
}

function section(title: string, text: string): string {
  return `${styled("bold", title)}\n${text.replaceAll(/^/gm, "  ")}`;
}
