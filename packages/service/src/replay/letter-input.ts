import type { StoredLetter } from "@cc-ingest/database";
import { decodeMessage } from "@cc-ingest/protocol";
import type { Input } from "../decode-batch.js";

/** A dead letter with what is to be applied of it: its own bytes, or others. */
export interface ReplayedLetter {
  readonly letter: StoredLetter;
  readonly edited: Uint8Array | undefined;
}

/** A dead letter as the stream delivered it, with the time it was stored then: a line without a time of its own keeps its time. */
export function inputOf({ letter, edited }: ReplayedLetter): Input {
  const { subject, stream, streamSequence, receivedAt, lineNumber, headers, status } = letter;
  return {
    data: edited ?? letter.raw,
    subject,
    stream,
    sequence: streamSequence,
    storedAt: receivedAt,
    // What an interrupted replay has applied may not have been announced.
    deliveryCount: status === "replaying" ? 2 : 1,
    header: (name) => headers?.[name]?.[0],
    headers: () =>
      headers === undefined
        ? undefined
        : Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]])),
    ...(lineNumber === 0 ? {} : { firstLine: lineNumber }),
  };
}

/** Why bytes can't take the place of a dead letter's own; undefined when they can. */
export function editFault({ lineNumber }: StoredLetter, edited: Uint8Array): string | undefined {
  const lines = [...decodeMessage(edited, { streamTime: 0n })].length;
  if (lines === 0) return "it holds no line";
  // A second line would pass for the next one of the message.
  return lineNumber > 0 && lines > 1 ? `it holds ${lines} lines, and takes the place of one` : undefined;
}
