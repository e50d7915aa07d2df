import type { Problem } from "@cc-ingest/config";
import { SuspectBatchError, classifyDatabaseError } from "@cc-ingest/database";
import { ProvisioningError } from "@cc-ingest/jetstream";
import { exitCodes } from "./exit-codes.js";

/** Whether what failed may succeed later without anyone doing anything. */
export function retryable(error: unknown): boolean {
  const kind = classifyDatabaseError(error);
  return kind === "transient" || kind === "conflict" || kind === "timeout";
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof ProvisioningError) return exitCodes.badEnvironment;
  if (error instanceof SuspectBatchError) return exitCodes.failed;
  return classifyDatabaseError(error) === "schema" ? exitCodes.badEnvironment : exitCodes.failed;
}

export function isMissingSubjects(service: string, file: string | undefined): Problem {
  return {
    place: `${file ?? "environment"}: main.api-subjects`,
    message:
      `${service} has no subjects to consume: set main.api-subjects.subject-job-event and subject-node-state ` +
      `(or SUBJECT_JOB_EVENT and SUBJECT_NODE_STATE)`,
  };
}
