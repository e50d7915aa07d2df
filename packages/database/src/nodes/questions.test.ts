import fc from "fast-check";
import { type Kysely, sql } from "kysely";
import { expect, test } from "vitest";
import type { ResolvedState } from "../schema.js";
import * as changes from "../migrations/0006-node-state-changes.js";
import { useEmptyTables } from "../testing/database.js";
import { nodeState, nodes } from "../testing/node-samples.js";
import { readNodeTables } from "../testing/node-tables.js";
import { NodeStore } from "./apply.js";
import type { NodeEvent } from "./model.js";

const database = useEmptyTables();
const T = 1_760_000_400;
const MINUTES = 90;
const hosts = ["n1", "n2", "n3"];

interface Report {
  readonly host: string;
  readonly time: number;
  readonly state: ResolvedState;
}

/** Some hosts report every few minutes, now this state, now that. */
const anyReports: fc.Arbitrary<Report[]> = fc.array(
  fc.record({
    host: fc.constantFrom(...hosts),
    time: fc.nat({ max: MINUTES }).map((minute) => T + minute * 60),
    state: fc.constantFrom<ResolvedState>("idle", "down", "allocated"),
  }),
  { maxLength: 60 },
);
const anyRange = fc
  .tuple(fc.nat({ max: MINUTES * 60 }), fc.nat({ max: MINUTES * 60 }))
  .map(([from, length]) => ({ from: T - 900 + from, to: T - 900 + from + length }));

async function store(reports: readonly Report[], cluster: string): Promise<Report[]> {
  const unique = [...new Map(reports.map((report) => [`${report.host} ${report.time}`, report])).values()];
  const events = unique.map(({ host, time, state }) =>
    nodes(time, [nodeState(host, { state, states: [state] })], cluster),
  );
  const toDeadLetter = (_: NodeEvent, error: unknown): never => {
    throw error;
  };
  await new NodeStore().commit(database(), { events, deadLetters: [], toDeadLetter }, "whole");
  return unique.toSorted((a, b) => a.time - b.time);
}

/** The state by the last report before a time: as simple as can be. */
const stateBefore = (reports: readonly Report[], host: string, time: number): ResolvedState | undefined =>
  reports.findLast((report) => report.host === host && report.time < time)?.state;

test("node_down_time tells what the reports tell, second by second and for any range", async () => {
  let round = 0;
  const property = fc.asyncProperty(anyReports, anyRange, async (reports, { from, to }) => {
    const cluster = `d${round++}`;
    const sorted = await store(reports, cluster);
    const { rows } = await sql<{ hostname: string; down_seconds: bigint; times_down: bigint }>`
      SELECT * FROM node_down_time(${cluster}, ${from}, ${to}) WHERE down_seconds > 0 OR times_down > 0`.execute(
      database(),
    );
    const expected = hosts.flatMap((hostname) => {
      const own = sorted.filter(({ host }) => host === hostname);
      const newest = own.at(-1)?.time ?? 0;
      let seconds = 0n;
      // A state holds from its report on: that of second s is the one before s + 1.
      for (let s = from; s < Math.min(to, newest); s++)
        if (stateBefore(own, hostname, s + 1) === "down") seconds++;
      const times = own.filter(
        ({ time, state }) =>
          state === "down" && time >= from && time < to && stateBefore(own, hostname, time) !== "down",
      ).length;
      return seconds > 0n || times > 0
        ? [{ hostname, down_seconds: seconds, times_down: BigInt(times) }]
        : [];
    });
    expect(rows.toSorted((a, b) => (a.hostname < b.hostname ? -1 : 1))).toEqual(expected);
  });
  await fc.assert(property, { numRuns: 100 });
});

test("nodes_per_state tells what the reports tell, in steps of any width", async () => {
  let round = 0;
  const anyStep = fc.constantFrom(1, 60, 299, 300, 301, 1800);
  const property = fc.asyncProperty(anyReports, anyRange, anyStep, async (reports, { from, to }, step) => {
    const cluster = `s${round++}`;
    const sorted = await store(reports, cluster);
    const { rows } = await sql<{ time_stamp: bigint; node_state: string; nodes: bigint }>`
      SELECT * FROM nodes_per_state(${cluster}, ${from}, ${to}, ${step})`.execute(database());
    const seen = rows
      .filter((row) => row.nodes !== 0n)
      .map((row) => `${row.time_stamp} ${row.node_state} ${row.nodes}`);
    const width = step < 300 ? step : Math.ceil(step / 300) * 300;
    const first = step < 300 ? from : Math.floor(from / 300) * 300;
    const expected: string[] = [];
    for (let time = first; time <= Math.max(first, to); time += width) {
      const states = hosts.map((host) => stateBefore(sorted, host, time));
      for (const state of ["allocated", "down", "idle"]) {
        const count = states.filter((each) => each === state).length;
        if (count > 0) expected.push(`${time} ${state} ${count}`);
      }
    }
    expect(seen).toEqual(expected);
  });
  await fc.assert(property, { numRuns: 100 });
});

test("node_allocation tells percentages of what a node has, and nothing where that is not known", async () => {
  const place = { subcluster: "main", cores: 72, cpus: 144, memory: 256_000, gpus: 0 };
  const state = { cpusAllocated: 36, memoryAllocated: 64_000n, gpusAllocated: 0 };
  const toDeadLetter = (_: NodeEvent, error: unknown): never => {
    throw error;
  };
  for (const [cluster, nodeStore] of [
    ["known", new NodeStore(() => place)],
    ["unknown", new NodeStore()],
  ] as const) {
    const events = [nodes(T, [nodeState("n1", state)], cluster)];
    await nodeStore.commit(database(), { events, deadLetters: [], toDeadLetter }, "whole");
  }
  const { rows } = await sql`SELECT cluster, cpus_percent::float8 AS cpus, memory_percent::float8 AS memory,
    gpus_percent::float8 AS gpus FROM node_allocation ORDER BY cluster`.execute(database());
  expect(rows).toEqual([
    { cluster: "known", cpus: 25, memory: 25, gpus: null },
    { cluster: "unknown", cpus: null, memory: null, gpus: null },
  ]);
});

test("the migration makes of a history what the store would have made", async () => {
  const reports = fc.sample(anyReports, { numRuns: 20, seed: 42 }).flat();
  await store(reports, "fritz");
  const before = await readNodeTables(database(), "fritz");
  expect(before.changes.length).toBeGreaterThan(10);
  await database()
    .transaction()
    .execute(async (trx) => {
      const untyped = trx as unknown as Kysely<unknown>;
      await changes.down(untyped);
      await changes.up(untyped);
    });
  expect(await readNodeTables(database(), "fritz")).toEqual(before);
});
