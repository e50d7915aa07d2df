import fc from "fast-check";
import type { JobEvent } from "../jobs/model.js";
import { start, stop } from "./job-samples.js";

/** Few jobs, few clusters, few times: what collides is what can go wrong. */
const jobId = fc.constantFrom(1n, 2n, 65_537n);
const cluster = fc.constantFrom("alex", "fritz");
const time = fc.integer({ min: 1_760_000_000, max: 1_760_000_008 });

/** What two starts of the same run may differ in. */
const anyContent = fc.record({
  user: fc.constantFrom("a", "b"),
  walltime: fc.constantFrom(0n, 1n, 3n),
  tags: fc.subarray(["x", "y"]).map((names) => names.map((name) => ({ type: "t", name, scope: "global" }))),
});
const told = fc.bigInt({ min: 0n, max: 2n });

const anyStart = fc
  .tuple(fc.record({ jobId, cluster, startTime: time }), anyContent, told)
  .map(([identity, content, eventTime]) => start({ ...identity, ...content }, eventTime));

const anyStop: fc.Arbitrary<JobEvent> = fc
  .record({
    jobId,
    cluster: fc.option(cluster, { nil: undefined }),
    startTime: fc.option(time, { nil: undefined, freq: 3 }),
    stopTime: time,
    jobState: fc.constantFrom("completed", "failed" as const),
  })
  .map((s) => stop({ ...s, stopTime: Math.max(s.stopTime, s.startTime ?? 0) }));

/** Starts and stops, and now and then a second start that claims a run of the first ones with other content. */
export const anyEvents: fc.Arbitrary<JobEvent[]> = fc
  .tuple(
    fc.array(fc.oneof(anyStart, anyStop), { minLength: 1, maxLength: 16 }),
    fc.array(fc.tuple(fc.nat(), anyContent, told), { maxLength: 4 }),
  )
  .map(([events, others]) => {
    const starts = events.filter((event) => event.kind === "start_job");
    const rivals = others.flatMap(([choice, content, eventTime]) => {
      const first = starts[choice % starts.length];
      return first === undefined ? [] : [start({ ...first.job, ...content }, eventTime)];
    });
    return [...events, ...rivals];
  });

/** The same events in another order, some of them again, cut into batches. */
export function anyDelivery(events: readonly JobEvent[]): fc.Arbitrary<JobEvent[][]> {
  const again = fc.subarray([...events]);
  return again
    .chain((repeated) => {
      const all = [...events, ...repeated];
      return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    })
    .chain((order) =>
      fc.tuple(fc.constant(order), fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 20 })),
    )
    .map(([order, sizes]) => {
      const batches: JobEvent[][] = [];
      let rest = order;
      for (const size of sizes) {
        if (rest.length === 0) break;
        batches.push(rest.slice(0, size));
        rest = rest.slice(size);
      }
      if (rest.length > 0) batches.push(rest);
      return batches;
    });
}
