import { addUpUsage } from "@cc-ingest/database";
import type { Chore, Runtime } from "@cc-ingest/service";

/** Adds up what the jobs of each day gone by used, so that dashboards over weeks need not read every job. */
export function addUpUsageByDay({ db, log }: Runtime): Chore {
  const run = async (signal: AbortSignal): Promise<void> => {
    const days = await addUpUsage(db, signal);
    if (days !== "busy" && days > 0) log.info({ days }, "added up the usage of days gone by");
  };
  return { name: "add up usage by day", everySeconds: 60, atStart: true, run };
}
