import type { LineEvent } from "../decode-batch.js";
import type { Applied } from "../apply-batch.js";

/** What applying messages again came to. */
export interface RangeTally {
  readonly messages: number;
  /** Events that the database did not have. */
  readonly applied: number;
  /** Events that changed nothing. */
  readonly known: number;
  /** Lines that are dead letters, new or not. */
  readonly rejected: number;
}

export interface RangeResult extends RangeTally {
  /** False when it was stopped before the end. */
  readonly finished: boolean;
}

export const nothingYet: RangeTally = { messages: 0, applied: 0, known: 0, rejected: 0 };

export function addBatch(
  tally: RangeTally,
  messages: number,
  { outcomes, deadLetters }: Pick<Applied<LineEvent>, "outcomes" | "deadLetters">,
): RangeTally {
  const known = outcomes.filter((outcome) => outcome === "duplicate").length;
  const refused = outcomes.filter((outcome) => outcome === "rejected").length;
  return {
    messages: tally.messages + messages,
    applied: tally.applied + outcomes.length - known - refused,
    known: tally.known + known,
    rejected: tally.rejected + deadLetters.length + refused,
  };
}
