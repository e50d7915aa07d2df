import { expect, test } from "vitest";
import { waitFor } from "./wait-for.js";

test("repeats until there is a value, and tells of each failure", async () => {
  const told: unknown[] = [];
  let attempts = 0;
  const value = await waitFor(
    async () => {
      attempts++;
      if (attempts === 1) throw new Error("down");
      return attempts === 2 ? undefined : "up";
    },
    { signal: new AbortController().signal, onWaiting: (error) => told.push(error), pauseMs: 1 },
  );
  expect(value).toBe("up");
  expect(told).toEqual([new Error("down"), undefined]);
});

test("a permanent error ends the wait", async () => {
  const permanent = new Error("no such table");
  const waiting = waitFor(() => Promise.reject(permanent), {
    signal: new AbortController().signal,
    onWaiting: () => undefined,
    isPermanent: (error) => error === permanent,
  });
  await expect(waiting).rejects.toBe(permanent);
});

test("a stop ends the wait", async () => {
  const controller = new AbortController();
  const waiting = waitFor(() => Promise.resolve(undefined), {
    signal: controller.signal,
    onWaiting: () => controller.abort(),
  });
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});
