import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messages, streamTime } from "../testing/arbitrary-messages.js";
import { plainValue, slowParseJson } from "../testing/slow-json.js";
import { type SlowOutcome, slowDecodeMessage } from "../testing/slow-message.js";
import { lineErrorCodes } from "../codes.js";
import { decodeMessage } from "./decode-message.js";
import type { MessageOutcome } from "./outcome.js";
import { enough, numRuns } from "../testing/runs.js";

describe("messages, for any input", () => {
  it("come to what the slow decoder says: the same payload, or refused for the same reason at the same path", () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(messages, (bytes) => {
        const fast = [...decodeMessage(bytes, { streamTime })].map(comparable);
        const slow = slowDecodeMessage(bytes, streamTime).map(coarse);
        expect(fast).toStrictEqual(slow);
        for (const { kind } of fast) {
          seen.set(kind, (seen.get(kind) ?? 0) + 1);
        }
      }),
      { numRuns: 3 * numRuns },
    );
    // A generator that produces hardly any message that is accepted would prove little.
    const rare = ["start_job", "stop_job", "nodestate", "rejected"].filter(
      (kind) => (seen.get(kind) ?? 0) < enough(0.1),
    );
    expect(rare).toStrictEqual([]);
  });

  it("are judged by the slow JSON parser as JSON.parse does", () => {
    const snippet = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"',
      "\\",
      "1",
      "-0",
      "1.5",
      "1e5",
      ".",
      "null",
      "true",
      " ",
      "\n",
      '"\\u00e9"',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.array(snippet).map((parts) => parts.join("")),
        ),
        (text) => {
          const slow = slowParseJson(text);
          expect(slow === undefined ? "not JSON" : plainValue(slow)).toStrictEqual(parsed(text));
        },
      ),
      { numRuns },
    );
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return "not JSON";
  }
}

const routeCodes = [
  "unsupported_measurement",
  "missing_function",
  "unknown_function",
  "missing_event",
  "event_not_string",
];

/** An outcome in the terms of the slow decoder, which knows fewer codes. */
function comparable(outcome: MessageOutcome): SlowOutcome {
  if (outcome.kind === "rejected") {
    return coarse({ kind: "rejected", code: outcome.code, path: outcome.path });
  }
  const { kind, eventTime: time } = outcome;
  if (kind === "start_job") {
    return { kind, payload: outcome.job, time };
  }
  return kind === "stop_job" ? { kind, payload: outcome.stop, time } : { kind, payload: outcome.nodes, time };
}

function coarse(outcome: SlowOutcome): SlowOutcome {
  if (outcome.kind !== "rejected") {
    return outcome;
  }
  const { code, path } = outcome;
  if ((lineErrorCodes as readonly string[]).includes(code)) {
    return { kind: "rejected", code: "line", path: undefined };
  }
  if (routeCodes.includes(code)) {
    return { kind: "rejected", code: "route", path: undefined };
  }
  if (code === "absurd_time" || code.startsWith("looks_like_")) {
    return { kind: "rejected", code: "time", path };
  }
  // Where a whole text is not JSON, no single path is to blame.
  const unplaced = ["json_syntax", "json_too_deep", "nul_character", "lone_surrogate"].includes(code);
  return { kind: "rejected", code, path: unplaced ? undefined : path };
}
