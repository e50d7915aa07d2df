import type { Database } from "@cc-ingest/database";
import type { JetStreamManager } from "@nats-io/jetstream";
import { expect, vi } from "vitest";
import { until } from "./service-process.js";

/** Waits until the database knows that it has all that is acknowledged. */
export async function noted(
  db: Database,
  jsm: JetStreamManager,
  stream: string,
  durable: string,
): Promise<void> {
  await vi.waitFor(async () => {
    const { ack_floor } = await jsm.consumers.info(stream, durable);
    const row = await db
      .selectFrom("watermark")
      .select("applied_floor")
      .where("durable", "=", durable)
      .executeTakeFirst();
    expect(row?.applied_floor).toBe(BigInt(ack_floor.stream_seq));
  }, until);
}
