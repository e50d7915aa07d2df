import { createLogger } from "@cc-ingest/telemetry";
import { expect, test, vi } from "vitest";
import { runChores } from "./chores.js";

const HOUR = 3_600;

function logger() {
  const lines: string[] = [];
  const log = createLogger({
    service: "test",
    env: {},
    pretty: false,
    destination: { write: (line) => lines.push(line) },
  });
  return { log, lines };
}

test("a chore that is due at start does not wait for its first pause; others do", async () => {
  const begun: string[] = [];
  const run = (name: string) => async () => void begun.push(name);
  const first = { name: "first", everySeconds: HOUR, atStart: true, run: run("first") };
  const second = { name: "second", everySeconds: HOUR, run: run("second") };
  await runChores([first, second], logger().log)[Symbol.asyncDispose]();
  expect(begun).toEqual(["first"]);
});

test("a turn that fails is logged, and the next one tries again", async () => {
  const { log, lines } = logger();
  let turns = 0;
  const run = async (): Promise<void> => {
    turns++;
    if (turns === 1) throw new Error("the directory /archive is full");
  };
  await using _ = runChores([{ name: "tidy", everySeconds: 0.01, atStart: true, run }], log);
  await vi.waitFor(() => expect(turns).toBeGreaterThan(1));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "warn",
    chore: "tidy",
    err: { message: "the directory /archive is full" },
  });
});

test("a turn under way is told when the service ends, waited for, and not called a failure", async () => {
  const { log, lines } = logger();
  let ended = false;
  const run = async (signal: AbortSignal): Promise<void> => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    ended = true;
    signal.throwIfAborted();
  };
  await runChores([{ name: "long", everySeconds: HOUR, atStart: true, run }], log)[Symbol.asyncDispose]();
  expect(ended).toBe(true);
  expect(lines).toEqual([]);
});
