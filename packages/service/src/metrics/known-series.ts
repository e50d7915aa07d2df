import { sqlstateClasses } from "@cc-ingest/database";
import { deadLetterReasons } from "../dead-letter-reasons.js";
import { RETRIED } from "../failures.js";
import type { ServiceMetrics } from "./service-metrics.js";

/** The kinds of events of a service, and what can become of each. */
export type EventKinds = Readonly<Record<string, readonly string[]>>;

/** SQLSTATE classes of errors that are retried, or none for want of an answer; and those of values that are refused. */
const databaseErrors = {
  true: [...sqlstateClasses(...RETRIED), "none"],
  false: sqlstateClasses("data"),
} as const;

/** Has everything that can be counted stand at 0: what has never happened is not the same as what nobody knows. */
export function knownSeries(metrics: ServiceMetrics, kinds: EventKinds): void {
  for (const [kind, results] of Object.entries(kinds))
    for (const result of results) metrics.add("events", 0, { kind, result });
  metrics.add("events", 0, { kind: "unknown", result: "rejected" });
  for (const reason of deadLetterReasons) metrics.add("rejects", 0, { reason });
  for (const name of ["retries", "streams_replaced", "reapplied_messages", "missing_events"] as const)
    metrics.add(name, 0);
  for (const [retryable, classes] of Object.entries(databaseErrors))
    for (const sqlstate_class of classes) metrics.add("database_errors", 0, { sqlstate_class, retryable });
}
