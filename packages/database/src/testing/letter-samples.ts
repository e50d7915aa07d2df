import type { DeadLetter } from "../dead-letters/dead-letter.js";

export function deadLetter(overrides: Partial<DeadLetter> = {}): DeadLetter {
  return {
    service: "ingest-jobs",
    stream: "CC_JOB",
    streamSequence: 1,
    receivedAt: 1_760_000_000_123_456_789n,
    subject: "cc.job.event",
    lineNumber: 1,
    raw: Uint8Array.of(0, 255, 10),
    headers: undefined,
    reason: "unknown_key",
    message: "no",
    sqlstate: undefined,
    build: "1.0.0",
    ...overrides,
  };
}
