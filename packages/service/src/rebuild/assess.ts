import type { DatabaseMark, Watermark } from "@cc-ingest/database";

/** What the broker says of a stream and of how far its durable consumer has been acknowledged. */
export interface StreamPosition {
  /** When the stream was created. */
  readonly created: string;
  /** Every message of the consumer up to this sequence has been acknowledged. */
  readonly ackFloor: number;
  /** Of the oldest message that the stream still holds. */
  readonly firstSequence: number;
  /** Of the newest message the stream has stored. */
  readonly lastSequence: number;
}

export type Assessment =
  /** Another stream has this name now, or an earlier state of it. */
  | { readonly what: "stream replaced"; readonly before: Watermark }
  /** Acknowledged messages may be missing from the database: those behind `floor`. `certain`: it knows less than it did. */
  | { readonly what: "database behind"; readonly floor: number; readonly certain: boolean }
  | { readonly what: "continuous" };

/**
 * Holds what the database knows against what the broker says. A message is acknowledged after its commit, so the database lacks
 * an acknowledged one only when it has been set back since. `remembered`: the database when this process last found it in order;
 * undefined at the start, when anything may have happened. Pure.
 */
export function assess(
  remembered: DatabaseMark | undefined,
  { incarnation, mark }: DatabaseMark,
  { created, ackFloor, lastSequence }: StreamPosition,
): Assessment {
  if (mark !== undefined && (mark.streamCreated !== created || mark.floor > lastSequence))
    return { what: "stream replaced", before: mark };
  const then = remembered?.mark?.streamCreated === created ? remembered.mark.floor : undefined;
  const now = mark?.floor ?? 0;
  if (then !== undefined && mark !== undefined && remembered?.incarnation === incarnation && now >= then)
    return { what: "continuous" };
  // Another replica may have raised the floor over what only this one has committed and the database has lost.
  const floor = then === undefined ? now : Math.min(now, then);
  if (floor >= ackFloor) return { what: "continuous" };
  return { what: "database behind", floor, certain: then !== undefined && now < then };
}
