import { setTimeout as delay } from "node:timers/promises";
import { NAMES, STREAMS, environment } from "../site/replica.ts";
import { compare } from "../verdict/compare.ts";
import { backlog } from "../verdict/drained.ts";
import { runOracle } from "../verdict/oracle.ts";
import { readTables } from "../verdict/read-tables.ts";
import { startLoad } from "./load.ts";
import { type Plant, openPlant } from "./plant.ts";
import { randomFrom } from "./random.ts";
import { type Outcome, RECOVERY_LIMIT_SECONDS } from "./report.ts";
import { type Strike, strikeUntil } from "./strikes.ts";
import { startWatch } from "./watch.ts";

export interface RunOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly jobsPerSecond: number;
  /** Ends the faults before their time; what has happened is judged all the same. */
  readonly stop: AbortSignal;
  readonly say: (line: string) => void;
}

const PROGRESS_EVERY_MS = 10_000;

/** Load and faults for so many minutes, then the verdict. */
export async function run({ minutes, seed, jobsPerSecond, stop, say }: RunOptions): Promise<Outcome> {
  say("starting three brokers, Postgres and two replicas of each service");
  await using plant = await openPlant();
  const begin = performance.now();
  const load = startLoad(plant.nats, seed, jobsPerSecond);
  using watch = startWatch(plant.jsm);
  const strikes: Strike[] = [];
  const clock = (): string => `${String(Math.round((performance.now() - begin) / 1000)).padStart(5)} s`;
  const progress = setInterval(() => {
    say(
      `${clock()}  ${load.stored} messages stored, backlog ${watch.backlog ?? "unknown"}, ${strikes.length} faults`,
    );
  }, PROGRESS_EVERY_MS);
  const until = AbortSignal.any([stop, AbortSignal.timeout(minutes * 60_000)]);
  await strikeUntil(until, plant, randomFrom(seed), (strike) => {
    strikes.push(strike);
    say(
      `${clock()}  ${strike.kind} (${strike.struck}): ${strike.error ?? strike.proof ?? "nothing came of it"}`,
    );
  });
  await load.stop();
  const recoverySeconds = await recovery(plant);
  clearInterval(progress);
  say(
    `${clock()}  ${recoverySeconds === undefined ? "not all" : "all"} worked off; comparing with a run without faults`,
  );
  return {
    seed,
    seconds: (performance.now() - begin) / 1000,
    messages: { published: load.stored, sent: load.sent, stored: await storedIn(plant) },
    jobs: { started: load.jobs, stored: await jobsIn(plant) },
    strikes,
    duplicatesDelivered: watch.repeated,
    ...(await verdict(plant)),
    ends: endsOf(plant),
    longestStallSeconds: watch.longestStallMs / 1000,
    recoverySeconds,
  };
}

/** Seconds until everything is acknowledged. */
async function recovery({ jsm }: Plant): Promise<number | undefined> {
  const begin = performance.now();
  for (;;) {
    const left = await Promise.all(NAMES.map((name) => backlog(jsm, name)));
    const seconds = (performance.now() - begin) / 1000;
    if (left.every((each) => each === 0)) return seconds;
    if (seconds > RECOVERY_LIMIT_SECONDS) return undefined;
    await delay(100);
  }
}

async function verdict(plant: Plant): Promise<Pick<Outcome, "rows" | "differences">> {
  const { jsm, brokers, postgres, oracleUrl } = plant;
  const urls = brokers.map(({ url }) => url).join(",");
  const env = { ...environment(urls, oracleUrl), INGEST_STREAMS_REPLICAS: String(brokers.length) };
  await runOracle({ jsm, env, batchSize: 200 });
  const [actual, expected] = [await readTables(postgres.url), await readTables(oracleUrl)];
  return {
    rows: expected.size,
    differences: compare(actual, expected),
  };
}

async function storedIn({ jsm }: Plant): Promise<number> {
  const infos = await Promise.all(NAMES.map((name) => jsm.streams.info(STREAMS[name])));
  return infos.reduce((sum, { state }) => sum + state.messages, 0);
}

async function jobsIn({ db }: Plant): Promise<number> {
  const { count } = await db
    .selectFrom("job")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function endsOf({ slots }: Plant): Record<string, number> {
  const ends: Record<string, number> = {};
  for (const slot of slots) for (const [end, times] of slot.ends) ends[end] = (ends[end] ?? 0) + times;
  return ends;
}
