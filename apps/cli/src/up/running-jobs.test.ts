import { decodeMessage } from "@cc-ingest/protocol";
import { defaultOptions, simulate } from "@cc-ingest/simulation";
import { expect, it } from "vitest";
import { RunningJobs } from "./running-jobs.js";

it("cancels exactly the jobs that still run", () => {
  const startTime = Date.UTC(2026, 2, 1);
  const jobs = new RunningJobs("fritz");
  const started = new Set<number>();
  const stopped = new Set<number>();
  for (const message of simulate({
    ...defaultOptions,
    startTime,
    durationSeconds: 20,
    duplicates: 0.1,
    stopShuffle: 0.1,
  })) {
    jobs.note(message);
    if (message.kind === "start_job") started.add(message.jobId);
    if (message.kind === "stop_job") stopped.add(message.jobId);
  }
  const now = startTime / 1000 + 20;
  const streamTime = BigInt(now) * 1_000_000_000n;
  const cancelled = jobs.cancellations(now).map((bytes) => [...decodeMessage(bytes, { streamTime })]);
  const running = [...started].filter((jobId) => !stopped.has(jobId));
  expect(running.length).toBeGreaterThan(0);
  const stops = cancelled.map(([line]) => (line?.kind === "stop_job" ? line.stop : undefined));
  expect(stops.toSorted((a, b) => Number((a?.jobId ?? 0n) - (b?.jobId ?? 0n)))).toMatchObject(
    running
      .toSorted((a, b) => a - b)
      .map((jobId) => ({ jobId: BigInt(jobId), jobState: "cancelled", stopTime: now })),
  );
});
