import { drainBacklog, emptyTables } from "../backlog.ts";
import { jobMessages } from "../messages.ts";
import { type Finding, median, note } from "../report.ts";
import { startService } from "../service.ts";
import { jobFeed, type LoadStack, startStack } from "../stack.ts";

const ROUNDS = 5;
const JOBS_EACH = 40_000;
const WARM_UP = 10_000;

/** The same backlog with one process and with two that share the durable consumer; every job must be there once, and ended. */
export async function replicas(): Promise<Finding> {
  await using stack = await startStack();
  await using one = await startService(jobFeed.durable, stack.env);
  const ratios: number[] = [];
  const rates = { one: [] as number[], two: [] as number[] };
  let seed = 0;
  const run = async (services: Parameters<typeof drainBacklog>[1], jobs: number): Promise<number> => {
    const messages = jobMessages({ jobs, seed: ++seed, startsOnly: false });
    const { events, seconds } = await drainBacklog(stack, services, messages);
    await expectEnded(stack, jobs);
    await emptyTables(stack);
    return events / seconds;
  };
  await run([one], WARM_UP);
  for (let round = 1; round <= ROUNDS; round++) {
    const alone = await run([one], JOBS_EACH);
    await using two = await startService(jobFeed.durable, stack.env);
    await run([one, two], WARM_UP);
    const together = await run([one, two], JOBS_EACH);
    note(`replicas ${round}: one ${alone.toFixed(0)}/s, two ${together.toFixed(0)}/s`);
    rates.one.push(alone);
    rates.two.push(together);
    ratios.push(together / alone);
  }
  const ratio = median(ratios);
  return {
    what: "two replicas against one, the same backlog",
    figure: `${ratio.toFixed(2)} ×`,
    goal: "≥ 1, nothing lost or doubled",
    met: ratio >= 1,
    detail: `one ${median(rates.one).toFixed(0)} events/s, two ${median(rates.two).toFixed(0)} events/s; ratios ${ratios.map((r) => r.toFixed(2)).join(" ")}`,
  };
}

/** @throws when a job is missing, there twice, still running, or has left a stop behind */
async function expectEnded({ db }: LoadStack, jobs: number): Promise<void> {
  const { rows, ids, ended } = await db
    .selectFrom("job")
    .select((eb) => [
      eb.fn.countAll<bigint>().as("rows"),
      eb.fn.count<bigint>("job_id").distinct().as("ids"),
      eb.fn.count<bigint>("stop_time").as("ended"),
    ])
    .executeTakeFirstOrThrow();
  const { parked } = await db
    .selectFrom("parked_stop")
    .select((eb) => eb.fn.countAll<bigint>().as("parked"))
    .executeTakeFirstOrThrow();
  const found = [rows, ids, ended, parked].join(" ");
  const wanted = [jobs, jobs, jobs, 0].join(" ");
  if (found !== wanted) throw new Error(`rows, jobs, ended, parked stops: ${found}, expected ${wanted}`);
}
