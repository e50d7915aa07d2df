import fc from "fast-check";
import { expect, it } from "vitest";
import { SubjectRates } from "./subject-rates.js";

function rates(perSecond: number) {
  let now = 0;
  return { rates: new SubjectRates(perSecond, () => now), at: (ms: number) => (now = ms) };
}

it("lets a second's worth pass at once, and each further message when its turn comes", () => {
  const { rates: limited, at } = rates(10);
  expect(Array.from({ length: 12 }, () => limited.turnOf("a"))).toEqual([...Array(10).fill(0), 100, 200]);
  expect(limited.turnOf("b")).toBe(0);
  at(300);
  expect(limited.turnOf("a")).toBe(0);
  expect(limited.turnOf("a")).toBe(100);
});

it("never lets more of a subject pass than a burst and its rate, and puts nobody off for longer than that takes", () => {
  const message = fc.record({
    subject: fc.constantFrom("a", "b", "c"),
    pause: fc.integer({ min: 0, max: 400 }),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(message, { maxLength: 300 }),
      (perSecond, messages) => {
        const { rates: limited, at } = rates(perSecond);
        const passing = new Map<string, number[]>();
        let now = 0;
        for (const { subject, pause } of messages) {
          now += pause;
          at(now);
          const delay = limited.turnOf(subject);
          const before = passing.get(subject) ?? [];
          // It would pass if there had been few enough: a turn is never later than need be.
          expect(delay).toBeLessThanOrEqual((before.length * 1000) / perSecond);
          passing.set(subject, [...before, now + delay]);
        }
        for (const times of passing.values())
          for (const [first, start] of times.entries())
            for (let last = first; last < times.length; last++) {
              const seconds = ((times[last] ?? 0) - start) / 1000;
              expect(last - first + 1).toBeLessThanOrEqual(perSecond + perSecond * seconds + 1e-6);
            }
      },
    ),
  );
});

it("remembers a bounded number of subjects: beyond it the others share a rate", () => {
  const { rates: limited, at } = rates(1);
  for (let i = 0; i < 30_000; i++) limited.turnOf(`subject ${i}`);
  expect(limited.remembered).toBe(10_001);
  expect(limited.turnOf("one more")).toBeGreaterThan(10_000_000);
  expect(limited.turnOf("subject 1")).toBe(1000);
  at(100_000_000);
  expect(limited.turnOf("one more")).toBe(0);
  expect(limited.remembered).toBe(1);
});
