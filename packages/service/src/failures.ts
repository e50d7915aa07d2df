import { SuspectBatchError, classifyDatabaseError } from "@cc-ingest/database";
import { BrokerRefusal, ProvisioningError, PublishError } from "@cc-ingest/jetstream";
import { exitCodes } from "./exit-codes.js";

/** Whether what failed may succeed later without anyone doing anything. */
export function retryable(error: unknown): boolean {
  if (error instanceof PublishError) return true;
  const kind = classifyDatabaseError(error);
  return kind === "transient" || kind === "conflict" || kind === "timeout";
}

/**
 * Whether the message at hand may be what ended the process, and not its surroundings: a missing table or stream is no message's
 * fault.
 */
export function mayBlameMessage(error: unknown): boolean {
  return !retryable(error) && exitCodeOf(error) === exitCodes.failed;
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof BrokerRefusal) return exitCodes.refusedByBroker;
  if (error instanceof ProvisioningError) return exitCodes.badEnvironment;
  if (error instanceof SuspectBatchError) return exitCodes.failed;
  return classifyDatabaseError(error) === "schema" ? exitCodes.badEnvironment : exitCodes.failed;
}
