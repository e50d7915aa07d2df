import { interpolatePromql, interpolateSql, rangeOf } from "@cc-ingest/grafana";
import { expect, test } from "vitest";

const DAY = 86_400;
const range = { from: 1_760_000_000.5, to: 1_760_003_600, step: 60 };

test("a step is the narrowest that gives no more points than wanted, and none is narrower than the panel allows", () => {
  expect(rangeOf(0, DAY, 300).step).toBe(300);
  expect(rangeOf(0, 30 * DAY, 300).step).toBe(10_800);
  expect(rangeOf(0, 3600, 300, "10m").step).toBe(600);
  expect(rangeOf(0, 3650 * DAY, 300).step).toBe(604_800);
});

test("SQL gets the time range as whole Unix seconds, and the width of a step", () => {
  const sql = "SELECT $__unixEpochFrom()::bigint, $__unixEpochTo(), $__interval_ms / 1000";
  expect(interpolateSql(sql, range, {})).toBe("SELECT 1760000000::bigint, 1760003600, 60000 / 1000");
});

test("SQL gets what is chosen as literals that can't end early, or as it stands", () => {
  const choices = { cluster: "o'brien", hosts: ["a", "b"], stale: "600" };
  expect(interpolateSql("${cluster:sqlstring} ${hosts:sqlstring} ${stale:raw} $stale", range, choices)).toBe(
    "'o''brien' 'a','b' 600 600",
  );
});

test("PromQL gets regular expressions, and a rate over four scrapes or a step and one", () => {
  const expr = 'rate(x{service=~"$service"}[$__rate_interval]) + y[$__range]';
  const with15 = (step: number, service: string | string[]) =>
    interpolatePromql(expr, { ...range, step }, { service }, 15);
  expect(with15(5, ["a.b", "c"])).toBe(String.raw`rate(x{service=~"(a\\.b|c)"}[60s]) + y[3600s]`);
  expect(with15(300, "c")).toBe('rate(x{service=~"c"}[315s]) + y[3600s]');
});

test.each(["$nobody", "${nobody:sqlstring}", "${cluster:csv}", "$__timeFilter(x)", "$__interval"])(
  "what is not known is an error and never sent: %s",
  (sql) => {
    expect(() => interpolateSql(sql, range, { cluster: "fritz" })).toThrow(/not known|nothing is chosen/);
  },
);
