import { drained } from "../backlog.ts";
import { jobMessages } from "../messages.ts";
import { type Finding, median, note } from "../report.ts";
import { startService } from "../service.ts";
import { jobFeed, publishAll, startStack } from "../stack.ts";

const JOBS_EACH = 50_000;
const PARTS = 10;
const GOAL_MB = 250;
/** The last quarter may have this much more than the second: the first still compiles. */
const FLAT = 1.1;

/** A million messages that have come while the service was down: what it holds while it works them off. */
export async function memory(): Promise<Finding> {
  await using stack = await startStack();
  // Makes the stream and its consumer.
  const first = await startService(jobFeed.durable, stack.env);
  await first[Symbol.asyncDispose]();
  let published = 0;
  for (let part = 1; part <= PARTS; part++) {
    const messages = jobMessages({ jobs: JOBS_EACH, seed: part, startsOnly: false });
    await publishAll(stack.nats, jobFeed.subject, messages);
    published += messages.length;
    note(`memory: ${published} messages published`);
  }
  await using service = await startService(jobFeed.durable, stack.env);
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(service.memory().rss), 250);
  const begin = performance.now();
  await drained(stack);
  const seconds = (performance.now() - begin) / 1000;
  clearInterval(sampling);
  const quarter = (n: number): number =>
    median(samples.slice((samples.length * (n - 1)) / 4, (samples.length * n) / 4));
  const { peak } = service.memory();
  const quarters = [1, 2, 3, 4].map(quarter);
  const [, second = 0, , last = 0] = quarters;
  return {
    what: `RSS over a backlog of ${published} messages, starts and stops`,
    figure: `peak ${peak.toFixed(0)} MB`,
    goal: `≤ ${GOAL_MB} MB and flat`,
    met: peak <= GOAL_MB && last <= second * FLAT,
    detail: `medians of the quarters ${quarters.map((mb) => mb.toFixed(0)).join(", ")} MB; ${(published / seconds).toFixed(0)} events/s`,
  };
}
