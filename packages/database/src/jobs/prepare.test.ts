import { expect, test } from "vitest";
import { startJob } from "../testing/job-samples.js";
import { type Start, precedes } from "./model.js";
import { prepareJobEvent } from "./prepare.js";

function prepared(text: string, eventTime = 5n): Start {
  const raw = new TextEncoder().encode(text);
  const result = prepareJobEvent({ kind: "start_job", job: startJob(), eventTime, raw }, 0);
  if (result.kind !== "start_job") throw new Error(result.kind);
  return result.start;
}

const digestOf = (text: string) => prepared(text).digest;

test("the digest is stored and compared by other versions: the same bytes must give the same for ever", () => {
  expect(["", "a", "job,function=start_job"].map(digestOf)).toEqual([
    4_542_716_993_699_411, 8_023_708_209_280_730, 1_358_491_431_856_988,
  ]);
});

test("every byte counts, those that fill no word too", () => {
  const text = "12345678abc";
  const others = Array.from(text, (_, at) => `${text.slice(0, at)}x${text.slice(at + 1)}`);
  expect(new Set([text, `${text}d`, text.slice(0, -1), ...others].map(digestOf)).size).toBe(3 + text.length);
});

test("of two starts of one run the earlier event tells its content; of two at the same time the smaller digest", () => {
  const byDigest = [prepared("one"), prepared("other")].toSorted((a, b) => a.digest - b.digest);
  const [small, large] = byDigest as [Start, Start];
  expect([precedes(small, large), precedes(large, small), precedes(small, small)]).toEqual([
    true,
    false,
    false,
  ]);
  const earlier = { ...large, eventTime: 4n };
  expect([precedes(earlier, small), precedes(small, earlier)]).toEqual([true, false]);
});
