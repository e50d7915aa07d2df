import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyDelivery, anyEvents } from "../testing/job-arbitrary.js";
import { type Tables, contentOf, jobRow, oracle, parkedRow } from "../testing/job-oracle.js";
import { start, stop } from "../testing/job-samples.js";
import {
  type JobEvent,
  type Start,
  type StoredRun,
  type StoredStop,
  closeState,
  closeTime,
} from "./model.js";
import { planJobs } from "./plan.js";
import { prepareJobEvent } from "./prepare.js";

/** The tables in memory: as much of them as a plan reads and changes. */
class Memory {
  readonly runs = new Map<bigint, StoredRun & { start: Start }>();
  readonly parked = new Map<bigint, StoredStop>();
  #nextId = 1n;

  apply(events: readonly JobEvent[]) {
    const plan = planJobs(events.map(prepareJobEvent), {
      runs: [...this.runs.values()],
      parked: [...this.parked.values()],
      kept: [],
    });
    for (const { start: told, close } of plan.inserts) {
      const id = this.#nextId++;
      const { jobId, cluster, startTime } = told.job;
      const { eventTime, digest } = told;
      this.runs.set(id, { id, jobId, cluster, startTime, eventTime, digest, close, start: told });
    }
    for (const { id, start: told, close } of plan.replacements) {
      const { eventTime, digest } = told;
      this.#change(id, { eventTime, digest, start: told, close });
    }
    for (const { id, close } of plan.closes) this.#change(id, { close });
    for (const id of plan.unparks) this.parked.delete(id);
    for (const { stop: parked, reason } of plan.parks) {
      const id = this.#nextId++;
      this.parked.set(id, { id, stop: parked, reason });
    }
    return plan;
  }

  #change(id: bigint, change: Partial<StoredRun & { start: Start }>): void {
    const run = this.runs.get(id);
    if (run === undefined) throw new Error(`the plan changes run ${id}, which is not there`);
    this.runs.set(id, { ...run, ...change });
  }

  tables(): Tables {
    const jobs = [...this.runs.values()].map(({ close, start: told, ...run }) =>
      jobRow({
        ...run,
        content: contentOf(
          told.job.user,
          told.job.tags.map(({ name }) => name),
        ),
        state: close === undefined ? "running" : closeState(close),
        stopTime: close === undefined ? undefined : closeTime(close),
        source: close?.source,
      }),
    );
    const parked = [...this.parked.values()].map((p) => parkedRow(p.stop, p.reason));
    return { jobs: jobs.toSorted(), parked: parked.toSorted(), refused: [] };
  }
}

test("any order, repetition and batching of the same events gives the oracle's tables", () => {
  fc.assert(
    fc.property(
      anyEvents.chain((events) => fc.tuple(fc.constant(events), anyDelivery(events))),
      ([events, batches]) => {
        const memory = new Memory();
        for (const batch of batches) memory.apply(batch);
        expect(memory.tables()).toEqual(oracle(events));
      },
    ),
    { numRuns: 3_000 },
  );
});

describe("outcomes", () => {
  test("a start and its stop in one batch are both applied, in either order", () => {
    expect(new Memory().apply([start(), stop()]).outcomes).toEqual(["applied", "applied"]);
    expect(new Memory().apply([stop(), start()]).outcomes).toEqual(["applied", "applied"]);
  });

  test("the same event again is a duplicate and changes nothing", () => {
    const memory = new Memory();
    memory.apply([start(), stop()]);
    const plan = memory.apply([stop(), start()]);
    expect(plan.outcomes).toEqual(["duplicate", "duplicate"]);
    expect({ ...plan, outcomes: [] }).toEqual({
      inserts: [],
      replacements: [],
      closes: [],
      parks: [],
      unparks: [],
      keeps: [],
      displacements: [],
      reinstatements: [],
      changes: [],
      outcomes: [],
    });
  });

  test("a start inside the duplicate window is rejected, however often it comes", () => {
    const planned = (events: JobEvent[]) =>
      planJobs(events.map(prepareJobEvent), { runs: [], parked: [], kept: [] }, 100).outcomes;
    const [first, second] = [start(), start({ startTime: 1_760_000_099 })];
    expect(planned([second, first, second])).toEqual(["rejected", "applied", "rejected"]);
    expect(planned([start({ startTime: 1_760_000_100 }), first])).toEqual(["applied", "applied"]);
  });

  test("a stop before its start is parked, and leaves when the start arrives", () => {
    const memory = new Memory();
    expect(memory.apply([stop()]).outcomes).toEqual(["parked"]);
    memory.apply([start()]);
    expect(memory.parked.size).toBe(0);
    expect([...memory.runs.values()][0]?.close).toMatchObject({ source: "event" });
  });

  test("a requeued run closes the earlier one, until its real stop arrives", () => {
    const memory = new Memory();
    memory.apply([start({ startTime: 1_760_000_000 }), start({ startTime: 1_760_000_100 })]);
    expect(memory.runs.get(1n)?.close).toEqual({
      source: "superseded",
      stopTime: 1_760_000_100,
      jobState: "preempted",
    });
    memory.apply([stop({ startTime: 1_760_000_000, stopTime: 1_760_000_090, jobState: "node_fail" })]);
    expect(memory.runs.get(1n)?.close).toMatchObject({ source: "event", stop: { stopTime: 1_760_000_090 } });
  });

  test("a redelivered event announces its job's runs as they are, though nothing changes", () => {
    const memory = new Memory();
    memory.apply([start(), stop()]);
    const { changes } = memory.apply([{ ...start(), redelivered: true }]);
    expect(changes.map(({ what, close }) => [what, close?.source])).toEqual([
      ["started", "event"],
      ["stopped", "event"],
    ]);
  });

  test("a run whose stop goes to another run is told to be running again", () => {
    const memory = new Memory();
    memory.apply([start({ cluster: "alex" }), stop({ cluster: undefined })]);
    const { changes } = memory.apply([start({ cluster: "fritz", startTime: 1_760_000_010 })]);
    expect(changes.map(({ what, cluster }) => [what, cluster])).toEqual([
      ["reopened", "alex"],
      ["started", "fritz"],
      ["stopped", "fritz"],
    ]);
  });

  test("a later run that arrives late takes over the stop that an earlier run had", () => {
    const memory = new Memory();
    memory.apply([start({ startTime: 1_760_000_000 }), stop({ stopTime: 1_760_000_500 })]);
    memory.apply([start({ startTime: 1_760_000_300 })]);
    expect(memory.runs.get(1n)?.close?.source).toBe("superseded");
    expect(memory.runs.get(2n)?.close).toMatchObject({ source: "event", stop: { stopTime: 1_760_000_500 } });
  });
});
