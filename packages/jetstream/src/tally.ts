/** What a pull loop has done since its start, in messages and batches. */
export interface Tally {
  /** Deliveries taken from the broker. */
  received: number;
  /** Of them, those that had been delivered before. */
  redelivered: number;
  /** Acknowledged, after the commit. */
  acked: number;
  /** Given back to come again when it is their subject's turn. */
  putOff: number;
  /** Given back unprocessed, or not committed in time, when the loop stopped. */
  returned: number;
  /** Batches that were full, or had to leave something waiting. */
  full: number;
  /** Batches of what there was while nothing else was in flight. */
  idle: number;
  /** Messages worked on alone. */
  alone: number;
}

export function emptyTally(): Tally {
  return { received: 0, redelivered: 0, acked: 0, putOff: 0, returned: 0, full: 0, idle: 0, alone: 0 };
}
