import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { defaultOptions, simulate } from "@cc-ingest/simulation";
import { jetstream } from "@nats-io/jetstream";
import { copyIn, copyOut } from "./copy.ts";
import { startService } from "./service.ts";
import { type LoadStack, publishAll, startStack } from "./stack.ts";

const HELP = `Jobs end to end beside COPY of the same rows into the same table, alternating.

  node src/jobs.ts [--jobs 30000] [--rounds 3] [--starts-only]
`;

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "30000" },
    rounds: { type: "string", default: "3" },
    "starts-only": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else await main(Number(values.jobs), Number(values.rounds), values["starts-only"]);

interface Round {
  readonly events: number;
  readonly rows: number;
  readonly seconds: number;
  readonly copySeconds: number;
  readonly peakRss: number;
}

async function main(jobs: number, rounds: number, startsOnly: boolean): Promise<void> {
  await using stack = await startStack();
  await stack.jsm.streams.add({ name: "CC_JOB", subjects: ["cc.job.event"] });
  process.stdout.write(
    `| round | events/s | rows/s by COPY | ratio | peak RSS MB |\n|---|---|---|---|---|\n`,
  );
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const r = await oneRound(stack, messages(jobs, round, startsOnly));
    const ratio = r.events / r.seconds / (r.rows / r.copySeconds);
    ratios.push(ratio);
    const cells = [round, r.events / r.seconds, r.rows / r.copySeconds, ratio.toFixed(2), r.peakRss];
    process.stdout.write(
      `| ${cells.map((c) => (typeof c === "number" ? Math.round(c) : c)).join(" | ")} |\n`,
    );
  }
  const median = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0;
  process.stdout.write(`\nmedian ratio ${median.toFixed(2)}\n`);
}

/** Starts, and unless only those are wanted their stops, in random order. */
function messages(jobs: number, seed: number, startsOnly: boolean): Uint8Array[] {
  const startTime = 1_760_000_000_000;
  const cluster = { nodes: 10_000, jobsPerSecond: 500, nodeIntervalSeconds: 0, scriptBytes: 0, hwthreads: 4 };
  const all = [
    ...simulate({ ...defaultOptions, ...cluster, startTime, jobs, seed, firstJobId: seed * 1_000_000 }),
  ];
  const wanted = startsOnly ? all.filter(({ kind }) => kind === "start_job") : all;
  return wanted.map(({ bytes }) => bytes);
}

async function oneRound(stack: LoadStack, load: readonly Uint8Array[]): Promise<Round> {
  const { jsm, db, databaseUrl, natsUrl, nats } = stack;
  await publishAll(nats, "cc.job.event", shuffled(load));
  const env = {
    NATS_URL: natsUrl,
    DATABASE_URL: databaseUrl,
    SUBJECT_JOB_EVENT: "cc.job.event",
    SUBJECT_NODE_STATE: "cc.node.state",
  };
  let seconds: number;
  let peakRss: number;
  {
    await using service = await startService("ingest-jobs", env);
    const begin = performance.now();
    const consumer = await jetstream(nats).consumers.get("CC_JOB", "ingest-jobs");
    for (;;) {
      const info = await consumer.info();
      if (info.num_pending + info.num_ack_pending === 0) break;
      // Asked without a pause the broker would be measured answering us.
      await delay(20);
    }
    seconds = (performance.now() - begin) / 1000;
    peakRss = service.peakRss();
  }
  const rows = await copyOut(databaseUrl, "job");
  const { count } = await db
    .selectFrom("job")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .executeTakeFirstOrThrow();
  await truncate(stack);
  const copySeconds = await copyIn(databaseUrl, "job", rows);
  await truncate(stack);
  await jsm.streams.purge("CC_JOB");
  return { events: load.length, rows: Number(count), seconds, copySeconds, peakRss };
}

async function truncate({ db }: LoadStack): Promise<void> {
  await db.deleteFrom("job").execute();
}

function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items];
  let state = 12_345;
  for (let i = copy.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const j = state % (i + 1);
    const [a, b] = [copy[i], copy[j]];
    if (a !== undefined && b !== undefined) [copy[i], copy[j]] = [b, a];
  }
  return copy;
}
