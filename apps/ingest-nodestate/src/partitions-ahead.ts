import { makePartitionsAhead } from "@cc-ingest/database";
import type { Chore, Runtime } from "@cc-ingest/service";

const HOUR = 3_600;
/** Two nights and a day in which nobody mends a chore that fails. */
const DAYS_AHEAD = 2;

/** Has the partitions of today and the next days made before a batch needs them. Late days get theirs from the batch. */
export function partitionsAhead({ db }: Runtime): Chore {
  return {
    name: "make partitions ahead",
    everySeconds: HOUR,
    atStart: true,
    run: () => makePartitionsAhead(db, DAYS_AHEAD),
  };
}
