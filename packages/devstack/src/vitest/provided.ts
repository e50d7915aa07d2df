import type { NatsServerBinary } from "../nats/find-nats-server.js";

export interface ProvidedPostgres {
  readonly adminUrl: string;
  /** Databases of this run, and of no other run on the same server, have names that begin so. */
  readonly prefix: string;
}

export type ProvidedNatsServer = NatsServerBinary;

/** What the global setup finds and starts once per run, for every test file. */
declare module "vitest" {
  interface ProvidedContext {
    devstackNatsServer: ProvidedNatsServer;
    devstackPostgres: ProvidedPostgres;
  }
}
