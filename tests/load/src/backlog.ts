import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { cpuSeconds } from "./cpu.ts";
import { copyIn, copyOut } from "./copy.ts";
import type { ServiceRun } from "./service.ts";
import { type Feed, type LoadStack, jobFeed, nodeFeed, publishAll } from "./stack.ts";

export interface Drained {
  /** Messages. */
  readonly events: number;
  readonly seconds: number;
  /** CPU microseconds per event. */
  readonly cpu: { readonly service: number; readonly postgres: number; readonly broker: number };
}

/**
 * Stores messages while the services are frozen, then lets them at it and takes the time until all is acknowledged. (What they
 * had asked for before, a tenth of a usual backlog, the broker has sent them by then.)
 */
export async function drainBacklog(
  stack: LoadStack,
  services: readonly ServiceRun[],
  messages: readonly Uint8Array[],
  feed = jobFeed,
): Promise<Drained> {
  const { nats, brokerPid, postgresPid } = stack;
  for (const { pid } of services) process.kill(pid, "SIGSTOP");
  await publishAll(nats, feed.subject, messages);
  const pids = { service: services.map(({ pid }) => pid), postgres: [postgresPid], broker: [brokerPid] };
  const used = (which: readonly number[]): number => which.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const before = { service: used(pids.service), postgres: used(pids.postgres), broker: used(pids.broker) };
  const begin = performance.now();
  for (const { pid } of services) process.kill(pid, "SIGCONT");
  await drained(stack, feed);
  const seconds = (performance.now() - begin) / 1000;
  const perEvent = (part: keyof typeof pids): number =>
    ((used(pids[part]) - before[part]) / messages.length) * 1e6;
  return {
    events: messages.length,
    seconds,
    cpu: { service: perEvent("service"), postgres: perEvent("postgres"), broker: perEvent("broker") },
  };
}

/** Waits until nothing is pending and nothing unacknowledged. */
export async function drained({ jsm }: LoadStack, { stream, durable }: Feed = jobFeed): Promise<void> {
  for (;;) {
    const info = await jsm.consumers.info(stream, durable);
    if (info.num_pending + info.num_ack_pending === 0) return;
    // Asked without a pause the broker would be measured answering us.
    await delay(20);
  }
}

interface Floor {
  readonly rows: number;
  readonly seconds: number;
}

/** Empties the tables and writes the rows of one back with COPY over one connection: what Postgres itself takes for them. */
export async function copyFloor(stack: LoadStack, table: "job" | "node_state"): Promise<Floor> {
  // A partitioned table has no rows of its own.
  const rows = await copyOut(stack.databaseUrl, `(SELECT * FROM ${table})`);
  await emptyTables(stack);
  const seconds = await copyIn(stack.databaseUrl, table, rows);
  const { count } = await stack.db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .executeTakeFirstOrThrow();
  return { rows: Number(count), seconds };
}

export async function emptyTables({ db, jsm }: LoadStack): Promise<void> {
  await sql`TRUNCATE job, jobtag, tag, parked_stop, dead_letter, node_state, node_state_change, nodes_per_state_delta`.execute(
    db,
  );
  // The nodes stay, as a process remembers them, but not what they last reported.
  await sql`UPDATE node SET time_stamp = NULL, node_state = NULL`.execute(db);
  for (const { stream } of [jobFeed, nodeFeed])
    if (await exists(jsm, stream)) await jsm.streams.purge(stream);
}

async function exists(jsm: LoadStack["jsm"], stream: string): Promise<boolean> {
  for await (const name of jsm.streams.names()) if (name === stream) return true;
  return false;
}
