import type { JetStreamManager } from "@nats-io/jetstream";
import { NAMES, type ServiceName, startReplica } from "../site/replica.ts";
import { drained } from "./drained.ts";

export interface OracleTarget {
  readonly jsm: JetStreamManager;
  /** Of the services, with the broker's own address and the oracle's own database. */
  readonly env: Readonly<Record<string, string>>;
  /** 1: one by one. */
  readonly batchSize: number;
}

export const ORACLE_DURABLES: Readonly<Record<ServiceName, string>> = {
  "ingest-jobs": "oracle-jobs",
  "ingest-nodestate": "oracle-nodestate",
};

/**
 * Brings the oracle's database to where the streams are: one process for each, without faults, applies all messages since the last
 * time, in their order.
 */
export async function runOracle({ jsm, env, batchSize }: OracleTarget): Promise<void> {
  await Promise.all(
    NAMES.map(async (name) => {
      const section = name === "ingest-jobs" ? "INGEST_JOBS" : "INGEST_NODESTATE";
      const service = startReplica(name, env, {
        env: {
          [`${section}_DURABLE`]: ORACLE_DURABLES[name],
          [`${section}_BATCH_SIZE`]: String(batchSize),
          JOB_CONCURRENCY: "1",
          NODE_CONCURRENCY: "1",
          INGEST_LIFECYCLE_EVENTS: "off",
          LOG_LEVEL: "error",
        },
      });
      try {
        await drained(jsm, name, ORACLE_DURABLES[name]);
      } finally {
        service.kill("SIGTERM");
        await service.exit;
      }
    }),
  );
}
