import { expect, test } from "vitest";
import { decodeMessage } from "../message/decode-message.js";
import { sharedName, sharedStates } from "./node-names.js";

const encoder = new TextEncoder();

function statesOf(host: string, states: readonly string[]) {
  const payload = JSON.stringify({ cluster: "fritz", nodes: [{ hostname: host, states }] });
  const line = `nodestate event=${JSON.stringify(payload)} 1760000000000000000`;
  const [outcome] = decodeMessage(encoder.encode(line), {
    precision: "ns",
    streamTime: 1_760_000_000_000_000_000n,
  });
  if (outcome?.kind !== "nodestate") throw new Error(`not a nodestate: ${outcome?.kind}`);
  return outcome.nodes.nodes[0]?.states;
}

test("reports of the same state share its list, which nobody can change", () => {
  const first = statesOf("f0101", ["idle"]);
  expect(first).toEqual(["idle"]);
  expect(statesOf("f0102", ["idle"])).toBe(first);
  expect(Object.isFrozen(first)).toBe(true);
  expect(statesOf("f0102", ["idle", "drain"])).toEqual(["idle", "drain"]);
  expect(statesOf("f0102", [])).toEqual([]);
});

test("however many names come, each is itself", () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `n${i}`);
  expect(names.map(sharedName)).toEqual(names);
  expect(names.flatMap((name) => sharedStates([name]))).toEqual(names);
});

test("lists are kept for so many states only", () => {
  const kept = sharedStates(["kept"]);
  sharedStates(["one other"]);
  expect(sharedStates(["kept"])).toBe(kept);
  for (let i = 0; i < 256; i++) {
    sharedStates([`other ${i}`]);
  }
  expect(sharedStates(["kept"])).not.toBe(kept);
  expect(sharedStates(["kept"])).toStrictEqual(["kept"]);
});

test("a list of none or several states is what was sent", () => {
  const none: readonly string[] = [];
  const two = ["idle", "drain"];
  expect(sharedStates(none)).toBe(none);
  expect(sharedStates(two)).toBe(two);
});
