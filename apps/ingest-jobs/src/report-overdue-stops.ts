import { type Waiting, readOverdueStops, waitingStops } from "@cc-ingest/database";
import type { Chore, Runtime } from "@cc-ingest/service";

const EVERY_SECONDS = 15;

/** Says which stops have waited too long for their start. They are kept: the start may still come. */
export function reportOverdueStops({ config, db, log, metrics }: Runtime): Chore {
  const { overdueStopSeconds } = config.ingest;
  let reported = 0;
  let overdue: number | undefined;
  let parked: Waiting | undefined;
  metrics.watch("overdue_stops", () => overdue);
  metrics.watch("parked_stops", () => parked?.count);
  metrics.watch("parked_stops_oldest_age_seconds", () => parked?.oldestSeconds);
  const run = async (): Promise<void> => {
    const { count, jobIds } = await readOverdueStops(db, overdueStopSeconds);
    overdue = count;
    parked = await waitingStops(db);
    if (count > reported)
      log.warn(
        { stops: count, oldestJobIds: jobIds.map(String) },
        "stops wait for starts that have not come; see the table parked_stop",
      );
    reported = count;
  };
  return {
    name: "report overdue stops",
    everySeconds: Math.min(EVERY_SECONDS, overdueStopSeconds),
    atStart: true,
    run,
  };
}
