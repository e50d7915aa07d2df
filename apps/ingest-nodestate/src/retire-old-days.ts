import { archiveOf } from "@cc-ingest/archive";
import { connectDatabase, dropOldDays } from "@cc-ingest/database";
import type { Chore, Runtime } from "@cc-ingest/service";

const HOUR = 3_600;

/** Drops or moves days of node states that are older than `ingest.nodestate.retention-days`, when that is set. */
export function retireOldDays({ config, log, service, metrics }: Runtime): Chore[] {
  const { retention } = config.ingest.nodestate;
  const { days } = retention;
  metrics.add("retired_days", 0);
  if (days === 0) return [];
  const archive = archiveOf(retention);
  const run = async (signal: AbortSignal): Promise<void> => {
    // Of its own: a turn may hold it for minutes, which the batches must not feel, and its plans are not theirs.
    await using db = connectDatabase({
      url: config.database.url,
      poolSize: 1,
      applicationName: `${service} retention`,
    });
    await dropOldDays(db, {
      days,
      archive,
      signal,
      onDropped({ day, file }) {
        metrics.add("retired_days", 1);
        log.info(
          { day, file },
          file === undefined ? "dropped a day of node states" : "moved a day of node states",
        );
      },
    });
  };
  return [{ name: "retire old days", everySeconds: HOUR, atStart: true, run }];
}
