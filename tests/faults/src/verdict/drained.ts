import { setTimeout as delay } from "node:timers/promises";
import type { JetStreamManager } from "@nats-io/jetstream";
import { STREAMS, type ServiceName } from "../site/replica.ts";

const PATIENCE_MS = 120_000;

/**
 * What of a stream a durable has not yet finished; undefined while the broker does not answer, or has no such durable. The
 * acknowledged sequence tells: the numbers of pending messages are 0 too in a cluster that has just made a durable.
 */
export async function backlog(
  jsm: JetStreamManager,
  service: ServiceName,
  durable: string = service,
): Promise<number | undefined> {
  try {
    const { state } = await jsm.streams.info(STREAMS[service]);
    const { ack_floor } = await jsm.consumers.info(STREAMS[service], durable);
    return Math.max(0, state.last_seq - ack_floor.stream_seq);
  } catch {
    return undefined;
  }
}

/** Waits until every message is acknowledged. */
export async function drained(
  jsm: JetStreamManager,
  service: ServiceName,
  durable: string = service,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const left = await backlog(jsm, service, durable);
    if (left === 0) return;
    if (performance.now() > deadline)
      throw new Error(
        `${durable} still has ${left ?? "an unknown number of"} messages after ${PATIENCE_MS / 1000} s`,
      );
    await delay(25);
  }
}

/** Deliveries beyond the first of each message, since the durable was made. */
export async function repeatedDeliveries(jsm: JetStreamManager, service: ServiceName): Promise<number> {
  const { delivered } = await jsm.consumers.info(STREAMS[service], service);
  return delivered.consumer_seq - delivered.stream_seq;
}
