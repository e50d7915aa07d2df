import {
  type FailureKind,
  SuspectBatchError,
  classifyDatabaseError,
  errorCode,
  lacksMigration,
} from "@cc-ingest/database";
import { BrokerRefusal, ProvisioningError, PublishError } from "@cc-ingest/jetstream";
import { exitCodes } from "./exit-codes.js";
import { messageOf } from "./message-of.js";

/** For a metric: the SQLSTATE class of an error of the database, `none` for one without, undefined for an error of something else. */
export function databaseErrorClass(error: unknown): string | undefined {
  if (error instanceof PublishError) return undefined;
  const code = errorCode(error);
  if (code !== undefined && SQLSTATE.test(code)) return sqlstateClass(code);
  return classifyDatabaseError(error) === "bug" ? undefined : "none";
}

const SQLSTATE = /^[0-9A-Z]{5}$/;

export function sqlstateClass(sqlstate: string | undefined): string {
  return sqlstate !== undefined && SQLSTATE.test(sqlstate) ? sqlstate.slice(0, 2) : "none";
}

/** What such errors mean: the same may succeed later. */
export const RETRIED: readonly FailureKind[] = ["transient", "conflict", "timeout"];

/** Whether what failed may succeed later without anyone doing anything. */
export function retryable(error: unknown): boolean {
  if (error instanceof PublishError) return true;
  return RETRIED.includes(classifyDatabaseError(error));
}

/**
 * Whether the message at hand may be what ended the process, and not its surroundings: a missing table or stream is no message's
 * fault.
 */
export function mayBlameMessage(error: unknown): boolean {
  return !retryable(error) && exitCodeOf(error) === exitCodes.failed;
}

/** What is said of the error that ends a process, with the mend where a person must act. */
export function lastWords(error: unknown): string {
  if (!lacksMigration(error)) return messageOf(error);
  return `the database lacks something: ${messageOf(error)}. Run "ccingest migrate" as its owner`;
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof BrokerRefusal) return exitCodes.refusedByBroker;
  if (error instanceof ProvisioningError) return exitCodes.badEnvironment;
  if (error instanceof SuspectBatchError) return exitCodes.failed;
  return classifyDatabaseError(error) === "schema" ? exitCodes.badEnvironment : exitCodes.failed;
}
