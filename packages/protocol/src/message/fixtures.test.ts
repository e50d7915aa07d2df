import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { verdict } from "../testing/events.js";
import { decodeMessage } from "./decode-message.js";
import type { MessageOutcome } from "./outcome.js";

const streamTime = 1_760_100_000_000_000_000n;
const folder = new URL("../../fixtures/", import.meta.url);

function fixtures(kind: "valid" | "invalid"): string[] {
  const names = readdirSync(new URL(`${kind}/`, folder)).filter((name) => name.endsWith(".lp"));
  return names.map((name) => name.slice(0, -3));
}

function decode(path: string): MessageOutcome[] {
  return [...decodeMessage(readFileSync(new URL(path, folder)), { streamTime })];
}

/** The outcomes as JSON, without the bytes: 64-bit integers as strings. */
function plain(outcomes: MessageOutcome[]): unknown {
  const kept = outcomes.map(({ raw: _raw, ...outcome }) => outcome);
  return JSON.parse(
    JSON.stringify(kept, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value)),
  );
}

describe("fixtures", () => {
  it.each(fixtures("valid"))("valid/%s says what its JSON file says", (name) => {
    const seen = plain(decode(`valid/${name}.lp`));
    const file = new URL(`valid/${name}.json`, folder);
    expect(seen).toStrictEqual(JSON.parse(readFileSync(file, "utf8")));
  });

  it.each(fixtures("invalid"))("invalid/%s is refused for the reason it names", (name) => {
    const outcomes = decode(`invalid/${name}.lp`);
    const [first = ""] = readFileSync(new URL(`invalid/${name}.lp`, folder), "latin1").split("\n");
    expect(outcomes.map((outcome) => `# rejected: ${verdict(outcome)}`)).toStrictEqual([first]);
    expect(outcomes[0]?.line).toBe(2);
  });

  it("are there", () => {
    expect(fixtures("valid").length).toBeGreaterThan(10);
    expect(fixtures("invalid").length).toBeGreaterThan(30);
  });
});
