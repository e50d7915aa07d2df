import { describe, expect, it } from "vitest";
import type { SimulatedMessage } from "./index.js";
import { run, text } from "./testing/decode.js";

const plain = run({ jobs: 300 });

function goodLines(messages: readonly SimulatedMessage[]): string[] {
  return messages.map((message) => text(message).split("\n")[0] ?? "");
}

describe("faults", () => {
  it("leave the good lines of the same seed as they are", () => {
    const faulty = run({ jobs: 300, stopShuffle: 0.3, duplicates: 0.3, badLines: 0.3 });
    const once = faulty.filter(({ repeated }) => !repeated);
    expect(goodLines(once).toSorted()).toEqual(goodLines(plain).toSorted());
  });

  it("send part of the stops before their starts", () => {
    const sent = new Map<string, number>();
    for (const [index, { kind, jobId }] of run({ jobs: 300, stopShuffle: 0.5 }).entries())
      sent.set(`${kind} ${jobId}`, index);
    const early = [...sent].filter(([key, index]) => {
      const start = sent.get(key.replace("stop_job", "start_job"));
      return key.startsWith("stop_job") && start !== undefined && index < start;
    });
    expect(early.length / 300).toBeCloseTo(0.5, 0.9);
  });

  it("send part of the messages twice, byte for byte", () => {
    const messages = run({ jobs: 300, duplicates: 0.5, badLines: 0.5 });
    const repeated = messages.filter((message) => message.repeated).map(text);
    const originals = new Set(messages.filter((message) => !message.repeated).map(text));
    expect(repeated.length / originals.size).toBeCloseTo(0.5, 0.9);
    expect(repeated.filter((line) => !originals.has(line))).toEqual([]);
  });

  it("send every start that a stop never came for", () => {
    const options = { durationSeconds: 10, meanRuntimeSeconds: 20, nodeIntervalSeconds: 0 };
    const count = (messages: readonly SimulatedMessage[]) =>
      messages.filter(({ kind }) => kind === "start_job").length;
    expect(count(run({ ...options, stopShuffle: 1 }))).toBe(count(run(options)));
  });
});
