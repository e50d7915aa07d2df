import type { NatsServer } from "@cc-ingest/devstack";
import { expect, test, vi } from "vitest";
import { traffic } from "./site/traffic.ts";
import { useSite } from "./site/use-site.ts";
import { until } from "./until.ts";

// Three servers that hold each stream three times (R3).

const site = useSite({ cluster: true });

async function serverCalled(leader: string | undefined): Promise<NatsServer> {
  const server = site().brokers.find(({ name }) => name === leader);
  if (server === undefined) throw new Error(`no server is called ${leader}`);
  return server;
}

const leaders = {
  stream: async () => (await site().jsm.streams.info("CC_JOB")).cluster?.leader,
  consumer: async () => (await site().jsm.consumers.info("CC_JOB", "ingest-jobs")).cluster?.leader,
};

test.each(["stream", "consumer"] as const)(
  "the leader of the %s is killed under load, and comes back later",
  async (what) => {
    const { running, publish, jsm, drained, expectWhole } = site();
    const { jobs } = await running();
    const { config } = await jsm.streams.info("CC_JOB");
    expect(config.num_replicas).toBe(3);
    const from = jobs[0].log.length;
    const publishing = publish(traffic(150, what === "stream" ? 1 : 2));
    await jobs[0].logged("batch committed", from);
    const leader = await serverCalled(await leaders[what]());
    await leader.kill();
    // It goes on without the dead one.
    await publishing;
    await drained();
    expect(await vi.waitFor(leaders[what], until)).not.toBe(leader.name);
    await leader.restart();
    await expectWhole();
    for (const each of jobs) await each.ready();
  },
);

test("the servers restart one after the other, as in an upgrade of the broker", async () => {
  const { running, publish, brokers, jsm, expectWhole } = site();
  const { jobs } = await running();
  const publishing = publish(traffic(150, 3));
  for (const server of brokers) {
    const from = jobs[0].log.length;
    await server.restart();
    await vi.waitFor(async () => {
      const { cluster } = await jsm.streams.info("CC_JOB");
      expect(cluster?.replicas?.map(({ current }) => current)).toEqual([true, true]);
    }, until);
    expect(jobs[0].log.length).toBeGreaterThanOrEqual(from);
  }
  await publishing;
  await expectWhole();
});
