import { reapJobs } from "@cc-ingest/database";
import type { Announce, Chore, Runtime } from "@cc-ingest/service";

const AT_ONCE = 1_000;

/** Closes jobs whose stop is missing long after their walltime, when `main.stop-jobs-exceeding-walltime` says so. */
export function stopExceedingWalltime(
  { config, db, progress, log, metrics }: Runtime,
  announce: Announce,
): Chore[] {
  const { walltimeGraceSeconds: graceSeconds } = config.ingest;
  metrics.add("jobs_exceeding_walltime", 0);
  if (graceSeconds === 0) return [];
  const run = async (): Promise<void> => {
    for (;;) {
      const closed = await reapJobs(db, { graceSeconds, now: progress.streamTime, limit: AT_ONCE, announce });
      metrics.add("jobs_exceeding_walltime", closed);
      if (closed > 0) log.info({ jobs: closed, graceSeconds }, "closed jobs that exceeded their walltime");
      if (closed < AT_ONCE) return;
    }
  };
  return [{ name: "stop jobs exceeding walltime", everySeconds: Math.min(60, graceSeconds), run }];
}
