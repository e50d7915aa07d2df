import { type Database, connectDatabase } from "@cc-ingest/database";
import type { NatsServer, NatsServerOptions, ServiceProcess } from "@cc-ingest/devstack";
import { useNats } from "@cc-ingest/devstack/testing";
import { type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type NatsConnection, connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { useServiceDatabase } from "./service-database.js";
import { type ServiceName, startService, until } from "./service-process.js";

export interface Stack {
  readonly broker: NatsServer;
  readonly nats: NatsConnection;
  readonly jsm: JetStreamManager;
  /** As an administrator, unlike the services. */
  readonly db: Database;
  readonly adminUrl: string;
  readonly readerUrl: string;
  /** What a service needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly start: (name: ServiceName, env?: Readonly<Record<string, string>>) => ServiceProcess;
  /** Starts a service and waits until it is ready. */
  readonly running: (name: ServiceName, env?: Readonly<Record<string, string>>) => Promise<ServiceProcess>;
  /** Publishes with the stream's acknowledgement: the message is stored when this resolves. */
  readonly publish: (subject: string, payload: string | Uint8Array) => Promise<void>;
  /** Waits until a durable has nothing pending and nothing unacknowledged. */
  readonly drained: (name: keyof typeof places, place?: Place) => Promise<void>;
}

/** Where a service takes its messages from. */
export interface Place {
  readonly stream: string;
  readonly durable: string;
}

export const JOBS = "cc.job.event";
export const NODES = "cc.node.state";

const places = {
  "ingest-jobs": { stream: "CC_JOB", durable: "ingest-jobs" },
  "ingest-nodestate": { stream: "CC_NODE", durable: "ingest-nodestate" },
} as const;

/** A broker and a migrated database for this file. */
export function useStack(options: NatsServerOptions = {}): () => Stack {
  const server = useNats(options);
  const database = useServiceDatabase();
  let stack: Stack | undefined;
  beforeAll(async () => {
    const nats = await connect({ servers: server().url, maxReconnectAttempts: -1 });
    const jsm = await jetstreamManager(nats);
    const env = {
      NATS_URL: server().url,
      DATABASE_URL: database().url,
      SUBJECT_JOB_EVENT: JOBS,
      SUBJECT_NODE_STATE: NODES,
    };
    stack = {
      broker: server(),
      nats,
      jsm,
      adminUrl: database().adminUrl,
      readerUrl: database().readerUrl,
      db: connectDatabase({ url: database().adminUrl, poolSize: 4, applicationName: "e2e" }),
      env,
      start: (name, more = {}) => startService(name, { ...env, ...more }),
      async running(name, more = {}) {
        const service = startService(name, { ...env, ...more });
        await service.ready();
        return service;
      },
      async publish(subject, payload) {
        await jetstream(nats).publish(subject, payload);
      },
      async drained(name, { stream, durable } = places[name]) {
        await vi.waitFor(async () => {
          const { state } = await jsm.streams.info(stream);
          const info = await jsm.consumers.info(stream, durable);
          // The broker counts a message that it has just stored as pending only a little later.
          expect(info.delivered.stream_seq).toBeGreaterThanOrEqual(state.last_seq);
          expect([info.num_pending, info.num_ack_pending]).toEqual([0, 0]);
        }, until);
      },
    };
  });
  afterAll(async () => {
    await stack?.nats.close();
    await stack?.db.destroy();
  });
  return () => {
    if (stack === undefined) throw new Error("only inside a test");
    return stack;
  };
}
