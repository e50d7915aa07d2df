import type { DeadLetter } from "@cc-ingest/database";
import type { Applied } from "../apply-batch.js";
import type { LineEvent } from "../decode-batch.js";
import { sqlstateClass } from "../failures.js";
import type { ServiceMetrics } from "./service-metrics.js";
import { spread } from "./spread.js";

const NANOS = 1e9;

/** What became of the lines of a batch, and how long it was under way. */
export function countBatch(metrics: ServiceMetrics, applied: Applied<LineEvent>): void {
  const { events, outcomes, deadLetters, refusals } = applied;
  const counts = new Map<string, Map<string, number>>();
  for (const [index, outcome] of outcomes.entries()) {
    const kind = events[index]?.kind ?? "unknown";
    const results = counts.get(kind) ?? new Map<string, number>();
    results.set(outcome, (results.get(outcome) ?? 0) + 1);
    counts.set(kind, results);
  }
  for (const [kind, results] of counts)
    for (const [result, amount] of results) metrics.add("events", amount, { kind, result });
  countLetters(metrics, deadLetters);
  // Their events have been counted with the outcomes.
  countReasons(metrics, refusals);
  metrics.record(
    "event_to_broker_seconds",
    spread(events, ({ eventTime, delivery }) => sinceNanos(eventTime, delivery.storedAt)),
  );
}

/** Lines that gave no event. */
export function countLetters(metrics: ServiceMetrics, letters: readonly DeadLetter[]): void {
  for (const _ of letters) metrics.add("events", 1, { kind: "unknown", result: "rejected" });
  countReasons(metrics, letters);
}

function countReasons(metrics: ServiceMetrics, letters: readonly DeadLetter[]): void {
  for (const { reason, sqlstate } of letters) {
    metrics.add("rejects", 1, { reason });
    if (reason === "database_refused")
      metrics.add("database_errors", 1, { sqlstate_class: sqlstateClass(sqlstate), retryable: "false" });
  }
}

/** Seconds from one to the other; clocks of two hosts may differ by more than lies between. */
function sinceNanos(from: bigint, to: bigint): number {
  return Math.max(0, Number(to - from) / NANOS);
}

/** Seconds since the stream stored a message. */
export function age({ storedAt }: { readonly storedAt: bigint }, now: number = Date.now()): number {
  return Math.max(0, now / 1000 - Number(storedAt) / NANOS);
}
