import { beforeEach, expect, it, vi } from "vitest";
import { setRunningSdk, shutdownTelemetry } from "./shutdown.js";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

it("does not reject when the SDK rejects with an array of errors", async () => {
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- as TracerProvider.forceFlush does
  setRunningSdk({ shutdown: () => Promise.reject([new Error("one"), new Error("two")]) });
  await expect(shutdownTelemetry()).resolves.toBeUndefined();
});

it("gives up after 5 s, and not before", async () => {
  setRunningSdk({ shutdown: () => new Promise(() => {}) });
  let done = false;
  const stopped = shutdownTelemetry().then(() => (done = true));
  await vi.advanceTimersByTimeAsync(4999);
  expect(done).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await stopped;
  expect(done).toBe(true);
});

it("stops the SDK once, however often it is called", async () => {
  const shutdown = vi.fn<() => Promise<void>>().mockResolvedValue();
  setRunningSdk({ shutdown });
  await Promise.all([shutdownTelemetry(), shutdownTelemetry()]);
  expect(shutdown).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});
