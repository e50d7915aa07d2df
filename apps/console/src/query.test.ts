import { expect, it } from "vitest";
import { jobFilter, jobQuery, jobsAddress, placeAfter } from "./job-query.js";
import { letterFilter, letterQuery } from "./letters/letter-query.js";
import { selectable } from "./letters/answer.js";
import { rackOf } from "./rack.js";

const NOW = 1_760_000_000;

it("filters of jobs are read from the address, and written into it", () => {
  const query = jobQuery({
    cluster: "fritz",
    user: " anna ",
    project: "",
    after: "17-4",
    from: "2026-03-01T12:30",
  });
  expect(jobFilter(query, NOW)).toEqual({ cluster: "fritz", user: "anna", startFrom: 1_772_368_200n });
  expect(placeAfter(query)).toEqual({ startTime: 17n, id: 4n });
  expect(jobsAddress(query, { startTime: 5, id: 6n })).toBe(
    "/jobs?cluster=fritz&user=anna&from=2026-03-01T12%3A30&after=5-6",
  );
  expect(jobsAddress(jobQuery({}), undefined)).toBe("/jobs");
});

it("jobs of a node are looked for in the last week, unless a time is given", () => {
  expect(jobFilter(jobQuery({ host: "f0101" }), NOW).startFrom).toBe(BigInt(NOW - 7 * 86_400));
  expect(jobFilter(jobQuery({ host: "f0101", from: "1970-01-01T00:00" }), NOW).startFrom).toBe(0n);
});

it.each([
  [{ job: "x" }, 'job "x" is no job number'],
  [{ job: "9223372036854775808" }, "is no job number"],
  [{ state: "asleep" }, "state is none of"],
  [{ from: "soon" }, 'from "soon" is no time'],
])("%j is refused", (given, fault) => {
  expect(() => jobFilter(jobQuery(given), NOW)).toThrow(fault);
});

it("a place that is none is refused", () => {
  expect(() => placeAfter(jobQuery({ after: "1;drop" }))).toThrow("after is no place");
});

it("dead letters are those that nobody has answered, unless it is said otherwise", () => {
  expect(letterFilter(letterQuery({}))).toEqual({ statuses: ["open", "replaying"] });
  expect(letterFilter(letterQuery({ status: "all", job: "9007199254740993" }))).toEqual({
    jobId: 9007199254740993n,
  });
  expect(() => letterFilter(letterQuery({ status: "shut" }))).toThrow("status is none of");
});

it("what has ended a service is not replayed here, and what is answered stays so unless it is named", () => {
  const crashes = { exceptReasons: ["crashes_service"] };
  expect(selectable("replay", {})).toEqual({ statuses: ["open", "replaying"], ...crashes });
  expect(selectable("replay", { statuses: ["discarded"] })).toEqual({ statuses: [], ...crashes });
  expect(selectable("replay", { ids: [1n] }).statuses).toEqual(["open", "replaying", "discarded"]);
  expect(selectable("discard", { ids: [1n] })).toEqual({ ids: [1n], statuses: ["open"] });
});

it("nodes stand together by what their names begin with", () => {
  expect(["f0101", "n7", "n12", "node-123", "login"].map(rackOf)).toEqual([
    "f01",
    "n",
    "n",
    "node-1",
    "other",
  ]);
});
