import { describe, expect, it } from "vitest";
import { didYouMean } from "./did-you-mean.js";

describe("did you mean", () => {
  const keys = ["hostname", "hwthreads", "numAcc", "id", "smt", "user"];

  it.each([
    ["hostnames", "hostname"],
    ["hostnam", "hostname"],
    ["hotsname", "hostname"],
    ["HOSTNAMES", "hostname"],
    ["hwtreads", "hwthreads"],
    ["threads", "hwthreads"],
    ["numAccs", "numAcc"],
    ["numac", "numAcc"],
    ["is", "id"],
    ["d", "id"],
    ["use", "user"],
    ["smtp", "smt"],
  ])("%s: %s", (word, expected) => {
    expect(didYouMean(word, keys)).toBe(expected);
  });

  it.each(["priority", "", "x", "name", "hostname-of-the-node"])("%s: nothing is near enough", (word) => {
    expect(didYouMean(word, keys)).toBeUndefined();
  });

  it("does not look for a slip in what is far too long for one", () => {
    expect(didYouMean("z".repeat(1_000_000), keys)).toBeUndefined();
    expect(didYouMean("z".repeat(65), ["z".repeat(65)])).toBeUndefined();
  });

  it("names the nearest, and of equals the first", () => {
    expect(didYouMean("abcdeg", ["abcdxx", "abcdef", "abcdeh"])).toBe("abcdef");
    expect(didYouMean("abc", ["abcdefgh", "abd"])).toBe("abd");
    expect(didYouMean("a".repeat(64), ["a".repeat(60)])).toBe("a".repeat(60));
  });
});
