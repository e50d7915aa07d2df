import { expect, test } from "vitest";
import { Progress } from "./progress.js";

const stored = (...seconds: number[]) => seconds.map((s) => ({ storedAt: BigInt(s) * 1_000_000_000n }));

test("while there is a backlog, time is that of the newest message committed", () => {
  const progress = new Progress();
  expect(progress.streamTime).toBe(0);
  progress.committed(stored(100, 120, 110));
  progress.committed(stored(90));
  expect(progress.streamTime).toBe(120);
  progress.backlog = 3;
  expect(progress.streamTime).toBe(120);
});

test("without one, time is now", () => {
  const progress = new Progress();
  progress.committed(stored(100));
  progress.backlog = 0;
  expect(progress.streamTime).toBeUndefined();
});
