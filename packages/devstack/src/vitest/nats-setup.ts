import type { TestProject } from "vitest/node";
import { findNatsServer } from "../nats/find-nats-server.js";
import type { ProvidedNatsServer } from "./provided.js";

/** A vitest globalSetup: finds (or fetches) nats-server once, where no hook's time-out can cut it short. */
export default async function setup(project: TestProject): Promise<void> {
  const server: ProvidedNatsServer = await findNatsServer();
  project.provide("devstackNatsServer", server);
}
