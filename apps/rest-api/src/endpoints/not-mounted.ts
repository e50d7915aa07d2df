import { type WebEnv, errorAnswer } from "@cc-ingest/web";
import type { Hono } from "hono";

/** Where jobs come over NATS the two ways in are closed, as in cc-backend; here they say why. */
export function closeJobEndpoints(site: Hono<WebEnv>, subject: string): void {
  const paths = ["start_job", "stop_job"].flatMap((name) => [`/api/jobs/${name}/`, `/api/jobs/${name}`]);
  site.on(["POST", "PUT"], paths, (c) =>
    errorAnswer(
      c,
      404,
      `jobs are taken from NATS here: publish to the subject ${subject} (main.api-subjects.subject-job-event)`,
      { subject },
    ),
  );
}
