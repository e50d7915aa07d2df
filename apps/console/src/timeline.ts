import type { JobDetail } from "@cc-ingest/database";
import { duration } from "./views/format.js";

export interface Moment {
  /** Unix seconds. */
  readonly at: number;
  readonly kind: "submitted" | "started" | "ended" | "limit" | "now";
  readonly text: string;
}

const endings = {
  event: "by its stop event",
  superseded: "because a later run of the same number began; its own stop has not come",
  walltime: "at its walltime; its stop has not come",
} as const;

/** cc-slurm-adapter tells it among the other things it knows. */
function submittedBy({ metaData }: JobDetail): number | null {
  const { submitTime = "" } = metaData;
  return /^\d{1,12}$/.test(submitTime) ? Number(submitTime) : null;
}

/** What happened to a run and what is to come, in the order of time. Pure. `now`: Unix seconds. */
export function timeline(job: JobDetail, now: number): Moment[] {
  const { startTime, stopTime, stopSource, state, walltime } = job;
  const submitTime = job.submitTime ?? submittedBy(job);
  const moments: Moment[] = [];
  if (submitTime !== null && submitTime <= startTime)
    moments.push({ at: submitTime, kind: "submitted", text: "submitted" });
  const waited =
    moments.length === 0 ? "" : ` after waiting ${duration(startTime - (submitTime ?? startTime))}`;
  moments.push({ at: startTime, kind: "started", text: `started${waited}` });
  if (stopTime !== null && stopSource !== null) {
    const ran = duration(stopTime - startTime);
    moments.push({ at: stopTime, kind: "ended", text: `${state} after ${ran}, ${endings[stopSource]}` });
  } else
    moments.push({
      at: now,
      kind: "now",
      text: `still running, for ${duration(Math.max(0, now - startTime))}`,
    });
  const limit = startTime + walltime;
  if (walltime > 0 && stopTime === null)
    moments.push({
      at: limit,
      kind: "limit",
      text: limit < now ? "its walltime has passed" : "its walltime ends",
    });
  return moments.toSorted((a, b) => a.at - b.at);
}
