import fc from "fast-check";
import { expect, it } from "vitest";
import { merged } from "./search-stream.js";
import { standingOf } from "./standing.js";
import { traceAddress, traceOf } from "./trace-of.js";

const anySpan = fc
  .tuple(fc.nat({ max: 60 }), fc.nat({ max: 20 }))
  .map(([from, length]) => ({ from: BigInt(from), to: BigInt(from + length) }));

it("spans are merged into ones that don't meet, and hold the same times", () => {
  fc.assert(
    fc.property(fc.array(anySpan, { maxLength: 8 }), (spans) => {
      const result = merged(spans);
      for (let time = 0n; time <= 90n; time++) {
        const within = (list: typeof spans) =>
          list.filter(({ from, to }) => from <= time && time <= to).length;
        expect(within(result)).toBe(Math.min(1, within(spans)));
      }
    }),
  );
});

it("a message's standing is what the consumer has acknowledged and delivered", () => {
  const status = {
    subject: "s",
    stream: "CC_JOB",
    messages: 9,
    bytes: 9,
    lastSequence: 9,
    durable: "d",
    pending: 3,
    ackPending: 2,
    redelivered: 0,
    delivered: 6,
    ackFloor: 4,
  };
  expect([4, 5, 6, 7].map((sequence) => standingOf(sequence, status))).toEqual([
    "committed",
    "delivered",
    "delivered",
    "waiting",
  ]);
  expect(standingOf(1, undefined)).toBe("unknown");
  expect(standingOf(1, { subject: "s", problem: "gone" })).toBe("unknown");
});

it("a trace is found by the header in any case, and is none when it is malformed", () => {
  const id = "0af7651916cd43dd8448eb211c80319c";
  const of = (name: string, value: string) => traceOf({ headers: { [name]: [value] } });
  expect(of("Traceparent", `00-${id}-b7ad6b7169203331-01`)).toBe(id);
  expect(of("traceparent", `00-${"0".repeat(32)}-b7ad6b7169203331-01`)).toBeUndefined();
  expect(of("traceparent", `00-${id}"><script>`)).toBeUndefined();
  expect(of("tracestate", `00-${id}-b7ad6b7169203331-01`)).toBeUndefined();
  expect(traceOf({ headers: undefined })).toBeUndefined();
  expect(traceAddress("https://t/{traceId}?x={traceId}", id)).toBe(`https://t/${id}?x=${id}`);
});
