import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { cpuSeconds } from "./cpu.ts";
import { copyIn, copyOut } from "./copy.ts";
import type { ServiceRun } from "./service.ts";
import { JOBS, JOB_DURABLE, JOB_STREAM, type LoadStack, publishAll } from "./stack.ts";

export interface Drained {
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
): Promise<Drained> {
  const { nats, brokerPid, postgresPid } = stack;
  for (const { pid } of services) process.kill(pid, "SIGSTOP");
  await publishAll(nats, JOBS, messages);
  const pids = { service: services.map(({ pid }) => pid), postgres: [postgresPid], broker: [brokerPid] };
  const used = (which: readonly number[]): number => which.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const before = { service: used(pids.service), postgres: used(pids.postgres), broker: used(pids.broker) };
  const begin = performance.now();
  for (const { pid } of services) process.kill(pid, "SIGCONT");
  await drained(stack);
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
export async function drained({ jsm }: LoadStack, onLook: () => void = () => {}): Promise<void> {
  for (;;) {
    const info = await jsm.consumers.info(JOB_STREAM, JOB_DURABLE);
    onLook();
    if (info.num_pending + info.num_ack_pending === 0) return;
    // Asked without a pause the broker would be measured answering us.
    await delay(20);
  }
}

export interface Floor {
  readonly rows: number;
  readonly seconds: number;
}

/** Empties `job` and writes the same rows back with COPY over one connection: what Postgres itself takes for them. */
export async function copyFloor(stack: LoadStack): Promise<Floor> {
  const rows = await copyOut(stack.databaseUrl, "job");
  await emptyTables(stack);
  const seconds = await copyIn(stack.databaseUrl, "job", rows);
  const { count } = await stack.db
    .selectFrom("job")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .executeTakeFirstOrThrow();
  return { rows: Number(count), seconds };
}

export async function emptyTables({ db, jsm }: LoadStack): Promise<void> {
  await sql`TRUNCATE job, jobtag, tag, parked_stop, dead_letter`.execute(db);
  await jsm.streams.purge(JOB_STREAM);
}
