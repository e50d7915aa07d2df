import { expect, test } from "vitest";
import { StoppedError, retry } from "./retry.js";

const broken = new Error("no database");

/** Retries what fails so often, and says how long each pause was. */
async function pausesOf(failures: number): Promise<readonly number[]> {
  const pauses: number[] = [];
  let resumed = 0;
  const attempts = await retry(
    async (attempt) => {
      if (attempt <= failures) throw broken;
      return attempt;
    },
    {
      stop: new AbortController().signal,
      verdict: () => "retry",
      onPause: (_, attempt, pauseMs) => {
        expect(attempt).toBe(pauses.length + 1);
        pauses.push(pauseMs);
      },
      onResume: () => resumed++,
    },
  );
  expect([attempts, resumed]).toEqual([failures + 1, failures]);
  return pauses;
}

test("pauses grow, and differ from those of others that fail at the same time", async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => pausesOf(4)));
  for (const pauses of all)
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(25 * 2 ** index);
      expect(pause).toBeLessThanOrEqual(50 * 2 ** index);
    }
  expect(new Set(all.flat()).size).toBe(32);
});

test("a fatal failure is thrown at once", async () => {
  let attempts = 0;
  const failing = retry(() => (attempts++, Promise.reject(broken)), {
    stop: new AbortController().signal,
    verdict: () => "fatal",
    onPause: () => expect.unreachable(),
    onResume: () => expect.unreachable(),
  });
  await expect(failing).rejects.toBe(broken);
  expect(attempts).toBe(1);
});

test("who is stopped during a pause gives up, and says what failed", async () => {
  const stop = new AbortController();
  const failing = retry(() => Promise.reject(broken), {
    stop: stop.signal,
    verdict: () => "retry",
    onPause: () => stop.abort(),
    onResume: () => undefined,
  });
  await expect(failing).rejects.toThrow(StoppedError);
  await expect(failing).rejects.toMatchObject({ cause: broken });
});
