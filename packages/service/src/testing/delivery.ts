import type { Delivery } from "@cc-ingest/jetstream";

/** A delivery of this text, as the broker would have stored it at 2025-10-09T08:53:20Z. */
export function deliveryOf(text: string, overrides: Partial<Delivery> = {}): Delivery {
  return {
    data: new TextEncoder().encode(text),
    subject: "cc.job.event",
    stream: "CC_JOB",
    sequence: 7,
    storedAt: 1_760_000_000_000_000_000n,
    deliveryCount: 1,
    header: () => undefined,
    headers: () => ({ traceparent: ["00-1-2-01"] }),
    ...overrides,
  };
}
