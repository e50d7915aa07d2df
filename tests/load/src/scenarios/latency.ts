import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { drained } from "../backlog.ts";
import { jobMessages } from "../messages.ts";
import { type Finding, note, quantile } from "../report.ts";
import { startService } from "../service.ts";
import { jobFeed, type LoadStack, startStack } from "../stack.ts";

const RATE = 500;
const SECONDS = 10;
const ROUNDS = 3;
const GOAL_MS = 25;
const WARM_UP = 20_000;

/**
 * Job starts at a steady rate, as a producer sends them; from just before `publish` until the row's transaction committed, which
 * Postgres itself records. Beside it, at the same rate, rows committed one by one over one connection: what committing takes here.
 */
export async function latency(): Promise<Finding> {
  await using stack = await startStack({ commitTimes: true });
  await using service = await startService(jobFeed.durable, stack.env);
  await publishPaced(stack, jobMessages({ jobs: WARM_UP, seed: 99, startsOnly: true }), 4_000);
  await drained(stack);
  const product: number[] = [];
  const floor: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const published = await publishPaced(
      stack,
      jobMessages({ jobs: RATE * SECONDS, seed: round, startsOnly: true }),
      RATE,
    );
    await drained(stack);
    const own = await untilCommitted(stack, published);
    const single = await committedOneByOne(stack);
    product.push(...own);
    floor.push(...single);
    note(`latency ${round}: ${shown(own)}; one row per commit, no broker: ${shown(single)}`);
  }
  const p99 = quantile(product, 0.99);
  return {
    what: `publish → committed at ${RATE} msg/s, p99`,
    figure: `${p99.toFixed(1)} ms`,
    goal: `≤ ${GOAL_MS} ms`,
    met: p99 <= GOAL_MS,
    detail: `${shown(product)}; one row per commit, no broker: ${shown(floor)}; peak RSS ${service.memory().peak.toFixed(0)} MB`,
  };
}

const shown = (values: readonly number[]): string =>
  [0.5, 0.99, 1]
    .map((share) => `${share === 1 ? "max" : `p${share * 100}`} ${quantile(values, share).toFixed(1)}`)
    .join(", ");

/** Publishes at a rate per second, as producers do: without waiting for an answer. Gives the time of each, by jobId. */
async function publishPaced(
  { nats }: LoadStack,
  messages: readonly Uint8Array[],
  rate: number,
): Promise<Map<bigint, number>> {
  const times = new Map<bigint, number>();
  const begin = performance.now();
  for (let sent = 0; sent < messages.length;) {
    const due = Math.min(messages.length, Math.floor(((performance.now() - begin) / 1000) * rate));
    for (; sent < due; sent++) {
      const message = messages[sent] ?? new Uint8Array();
      times.set(jobIdOf(message), performance.timeOrigin + performance.now());
      nats.publish(jobFeed.subject, message);
    }
    await delay(1);
  }
  await nats.flush();
  return times;
}

function jobIdOf(message: Uint8Array): bigint {
  return BigInt(/jobId\\":(\d+)/.exec(Buffer.from(message).toString())?.[1] ?? 0);
}

/** Milliseconds from publishing to commit, of every message. */
async function untilCommitted({ db }: LoadStack, published: ReadonlyMap<bigint, number>): Promise<number[]> {
  const { rows } = await sql<{ job_id: bigint; ms: number }>`
    SELECT job_id, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000)::float8 AS ms FROM job`.execute(
    db,
  );
  const taken = rows.flatMap(({ job_id, ms }) => {
    const from = published.get(job_id);
    return from === undefined ? [] : [ms - from];
  });
  if (taken.length !== published.size)
    throw new Error(`${published.size} published, ${taken.length} committed`);
  return taken;
}

/** Milliseconds that each row takes into a table like `job`, at the same rate. */
async function committedOneByOne({ db }: LoadStack): Promise<number[]> {
  await sql`CREATE TABLE single (LIKE job INCLUDING ALL)`.execute(db);
  const rows = await db
    .selectFrom("job")
    .select("id")
    .limit(RATE * SECONDS)
    .execute();
  const taken: number[] = [];
  const begin = performance.now();
  for (const [done, { id }] of rows.entries()) {
    const wait = begin + (done / RATE) * 1000 - performance.now();
    if (wait >= 1) await delay(wait);
    const from = performance.now();
    await sql`INSERT INTO single SELECT * FROM job WHERE id = ${id}`.execute(db);
    taken.push(performance.now() - from);
  }
  await sql`DROP TABLE single`.execute(db);
  return taken;
}
