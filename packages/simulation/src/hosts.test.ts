import { describe, expect, it } from "vitest";
import { hostList, hostname } from "./hosts.js";

describe("hostname", () => {
  it("counts 88 nodes to a rack", () => {
    expect([0, 87, 88, 991, 8711, 8712].map((index) => hostname("fritz", index))).toEqual([
      "f0101",
      "f0188",
      "f0201",
      "f1224",
      "f9988",
      "f10001",
    ]);
  });
});

describe("hostList", () => {
  it.each([
    [[0], "f0101"],
    [[0, 1, 2, 5], "f[0101-0103,0106]"],
    [[87, 88], "f[0188,0201]"],
  ])("writes %j as Slurm does", (indices, list) => {
    expect(hostList("fritz", indices)).toBe(list);
  });
});
