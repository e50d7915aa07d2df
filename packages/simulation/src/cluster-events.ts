import TinyQueue from "tinyqueue";
import { type Job, type Submission, Submissions } from "./job.js";
import { NodePool } from "./node-pool.js";
import { type SimulationOptions, firstJobId } from "./options.js";
import { createRandom } from "./random.js";

/** What happens on the cluster. `at`: milliseconds since the beginning. */
export type ClusterEvent =
  | { readonly kind: "start"; readonly at: number; readonly job: Job }
  | { readonly kind: "stop"; readonly at: number; readonly job: Job }
  | { readonly kind: "report"; readonly at: number; readonly nodes: readonly NodeCondition[] };

export type NodeCondition = "allocated" | "idle" | "down";

interface Running {
  readonly at: number;
  readonly job: Job;
}

/**
 * Everything that happens, in order of time. A job waits for its nodes, first come first served, and every later one
 * behind it; so nodes are never given twice, and a report agrees with the jobs that run at its time.
 */
export function* clusterEvents(options: SimulationOptions): Generator<ClusterEvent, undefined> {
  const end = (options.durationSeconds ?? Infinity) * 1000;
  const limit = options.jobsPerSecond === 0 ? 0 : (options.jobs ?? Infinity);
  const reportEvery = options.nodeIntervalSeconds === 0 ? Infinity : options.nodeIntervalSeconds * 1000;
  const arrivals = createRandom(options.seed, 1);
  const failures = createRandom(options.seed, 2);
  const submissions = new Submissions(options, createRandom(options.seed, 3));
  const pool = new NodePool(options.nodes);
  const running = new TinyQueue<Running>([], (a, b) => a.at - b.at || a.job.jobId - b.job.jobId);
  const firstId = firstJobId(options);
  const untilNext = (): number => arrivals.exponential(1000 / options.jobsPerSecond);

  let started = 0;
  let arrival = limit === 0 ? Infinity : untilNext();
  let waiting = submissions.next();
  let report = reportEvery === Infinity ? Infinity : 0;
  for (let now = 0; ;) {
    const stop = running.peek()?.at ?? Infinity;
    const start =
      started < limit && pool.has(waiting.nodeCount) ? Math.max(now, Math.ceil(arrival)) : Infinity;
    const next = Math.min(stop, start, report);
    const nothingLeft = options.jobs !== undefined && started >= limit && running.length === 0;
    if (next === Infinity || next >= end || nothingLeft) return undefined;
    now = next;
    if (stop <= now) {
      const ended = running.pop();
      if (ended === undefined) return undefined;
      pool.giveBack(ended.job.nodes);
      yield { kind: "stop", at: now, job: ended.job };
    } else if (report <= now) {
      yield { kind: "report", at: now, nodes: conditions(options.nodes, pool) };
      pool.fail(failures);
      report += reportEvery;
    } else {
      const job = startJob(waiting, firstId + started, pool.take(waiting.nodeCount), options.startTime + now);
      running.push({ at: now + waiting.runtime, job });
      yield { kind: "start", at: now, job };
      started += 1;
      arrival += untilNext();
      waiting = submissions.next();
    }
  }
}

/** `time`: Unix milliseconds. */
function startJob(submission: Submission, jobId: number, nodes: readonly number[], time: number): Job {
  const { name, user, project, script, runtime, wait, walltime, state } = submission;
  const startTime = Math.floor(time / 1000);
  return {
    jobId,
    name,
    user,
    project,
    script,
    walltime,
    state,
    nodes,
    partition: nodes.length === 1 ? "singlenode" : "multinode",
    submitTime: startTime - wait,
    startTime,
    stopTime: Math.floor((time + runtime) / 1000),
  };
}

function conditions(nodes: number, pool: NodePool): NodeCondition[] {
  return Array.from({ length: nodes }, (_, node) =>
    pool.isDown(node) ? "down" : pool.isFree(node) ? "idle" : "allocated",
  );
}
