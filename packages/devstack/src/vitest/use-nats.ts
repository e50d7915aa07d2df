import { afterAll, beforeAll, inject } from "vitest";
import { startNatsServer, type NatsServer, type NatsServerOptions } from "../nats/start-nats-server.js";
import type { ProvidedNatsServer } from "./provided.js";

const HOOK_TIMEOUT_MS = 90_000;

/** A nats-server of its own for the tests of this file (or `describe` block); call the answer inside a test. */
export function useNats(options: NatsServerOptions = {}): () => NatsServer {
  let server: NatsServer | undefined;
  beforeAll(async () => {
    const binary: ProvidedNatsServer = inject("devstackNatsServer");
    server = await startNatsServer({ binary, ...options });
  }, HOOK_TIMEOUT_MS);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  }, HOOK_TIMEOUT_MS);
  return () => {
    if (server === undefined) {
      throw new Error("useNats() is called at the top of a test file, its answer inside a test");
    }
    return server;
  };
}
