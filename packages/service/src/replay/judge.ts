import type { DeadLetter, Verdict } from "@cc-ingest/database";
import type { Input, LineEvent, Sourced } from "../decode-batch.js";
import { insideWindow } from "../jobs/inside-window.js";
import { lineKey } from "../line-key.js";
import type { ReplayedLetter } from "./letter-input.js";

/** A dead letter with the input made of it. */
export interface Replayed extends ReplayedLetter {
  readonly input: Input;
}

/**
 * What became of each dead letter. One is refused when its own line is, by whomever; the lines of a whole message that are refused
 * have dead letters of their own. `outcomes`: one per event, or none yet. Pure.
 */
export function judge(
  replayed: readonly Replayed[],
  events: readonly Sourced<LineEvent>[],
  outcomes: readonly string[],
  deadLetters: readonly DeadLetter[],
): Verdict[] {
  const refusals = new Map(deadLetters.map((refusal) => [lineKey(refusal), refusal]));
  const rejected = new Set(
    events.filter((_, index) => outcomes[index] === "rejected").map(({ delivery }) => delivery),
  );
  return replayed.map(({ letter, edited, input }): Verdict => {
    const refusal =
      refusals.get(lineKey(letter)) ??
      (letter.lineNumber > 0 && rejected.has(input) ? insideWindow(letter.jobId) : undefined);
    if (refusal === undefined) return { letter, edited, outcome: "applied" };
    return { letter, edited, outcome: "refused", reason: refusal.reason, message: refusal.message };
  });
}
