import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, inject, it } from "vitest";
import { waitUntil } from "../wait-until.js";
import { startNatsCluster } from "./start-nats-cluster.js";

it("keeps a replicated stream when its leader is killed, and takes the dead server back", async () => {
  await using cluster = await startNatsCluster({ binary: inject("devstackNatsServer") });
  const urls = cluster.servers.map(({ url }) => url);
  const connection = await connect({ servers: urls, maxReconnectAttempts: -1 });
  const manager = await jetstreamManager(connection, { timeout: 1_000 });
  // While the servers choose a leader a question has no answer.
  const eventually = async (ask: () => Promise<unknown>): Promise<void> => {
    const answered = (): Promise<boolean> => ask().then(Boolean, () => false);
    expect(await waitUntil(answered, 60_000, 100)).toBe(true);
  };
  const info = () => manager.streams.info("EVENTS");
  await manager.streams.add({ name: "EVENTS", subjects: ["cc.job.event"], num_replicas: 3 });
  await eventually(() => manager.jetstream().publish("cc.job.event", "hello"));
  const leader = (await info()).cluster?.leader;
  const server = cluster.servers.find(({ name }) => name === leader);
  await server?.kill();
  await eventually(async () => (await info()).cluster?.leader !== leader);
  expect((await info()).state.messages).toBe(1);
  await server?.restart();
  await eventually(async () => (await info()).cluster?.replicas?.every(({ current }) => current));
  await connection.close();
}, 120_000);
