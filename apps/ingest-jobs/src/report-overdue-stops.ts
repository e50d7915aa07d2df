import { readOverdueStops } from "@cc-ingest/database";
import type { Chore, Runtime } from "@cc-ingest/service";

const EVERY_SECONDS = 60;

/** Says which stops have waited too long for their start. They are kept: the start may still come. */
export function reportOverdueStops({ config, db, log, counters }: Runtime): Chore {
  const { overdueStopSeconds } = config.ingest;
  let reported = 0;
  const run = async (): Promise<void> => {
    const { count, jobIds } = await readOverdueStops(db, overdueStopSeconds);
    counters.set("overdue_stops", count);
    if (count > reported)
      log.warn(
        { stops: count, oldestJobIds: jobIds.map(String) },
        "stops wait for starts that have not come; see the table parked_stop",
      );
    reported = count;
  };
  return { name: "report overdue stops", everySeconds: Math.min(EVERY_SECONDS, overdueStopSeconds), run };
}
