import { expect, it } from "vitest";
import { Rate } from "./rate.js";

function rate(begin = 0) {
  let now = begin;
  return { rate: new Rate(() => now), at: (milliseconds: number) => (now = milliseconds) };
}

it("says nothing in the first second, and then what there was in whole seconds", () => {
  const { rate: messages, at } = rate();
  messages.add(30);
  expect(messages.perSecond).toBe(0);
  at(1_000);
  expect(messages.perSecond).toBe(30);
  messages.add(500);
  expect(messages.perSecond).toBe(30);
  at(2_500);
  expect(messages.perSecond).toBe(265);
});

it("forgets what is older than ten seconds", () => {
  const { rate: messages, at } = rate(500_000);
  messages.add(100);
  at(510_000);
  expect(messages.perSecond).toBe(10);
  at(511_000);
  expect(messages.perSecond).toBe(0);
  messages.add(20);
  at(900_000);
  expect(messages.perSecond).toBe(0);
});
