import { expect, test, vi } from "vitest";
import { impatient } from "./changes/impatient.ts";
import { traffic } from "./site/traffic.ts";
import { expectUnready } from "./site/expect-unready.ts";
import { useSite } from "./site/use-site.ts";
import { until } from "./until.ts";

const site = useSite({ changes: impatient });
const NOT_CONNECTED = "the broker is not connected";
/** Its subject alone is longer. */
const ACK_BYTES = "$JS.ACK.CC_JOB.ingest-jobs.".length;
let seed = 0;
const messages = () => traffic(150, ++seed);

test.each(["SIGTERM", "SIGKILL"] as const)(
  "the broker is ended by %s under load and started again",
  async (signal) => {
    const { underLoad, broker, expectWhole } = site();
    const { jobs, nodes, load } = await underLoad();
    const services = [...jobs, nodes];
    await broker.kill(signal);
    await Promise.all(services.map((service) => expectUnready(service, NOT_CONNECTED)));
    expect((await jobs[0].get("/livez")).status).toBe(200);
    await broker.restart();
    await load.end();
    await expectWhole();
    await Promise.all(services.map((service) => service.ready()));
  },
);

test("the broker is frozen: all waits, and goes on when it does", async () => {
  const { underLoad, broker, expectWhole } = site();
  const { jobs, load } = await underLoad();
  await broker.kill("SIGSTOP");
  await expectUnready(jobs[0], NOT_CONNECTED);
  expect((await jobs[0].get("/livez")).status).toBe(200);
  await broker.kill("SIGCONT");
  await load.end();
  await expectWhole();
});

test("the network to the broker is cut", async () => {
  const { underLoad, network, expectWhole } = site();
  const { jobs, nodes, load } = await underLoad();
  network.broker.cut();
  await Promise.all([...jobs, nodes].map((service) => expectUnready(service, NOT_CONNECTED)));
  expect((await nodes.get("/livez")).status).toBe(200);
  network.broker.restore();
  await load.end();
  await expectWhole();
});

test("the connections to the broker are half open: noticed, and opened anew", async () => {
  const { underLoad, network, expectWhole } = site();
  const { jobs, load } = await underLoad();
  network.broker.blackHole("to-client", "to-server");
  await expectUnready(jobs[0], NOT_CONNECTED);
  expect(network.broker.traffic.swallowed).toBeGreaterThan(0);
  // The old connections stay silent for ever.
  network.broker.restore({ forget: true });
  await load.end();
  await expectWhole();
});

test("acknowledgements are lost after the commit: what comes again changes nothing", async () => {
  const { start, stopAll, publish, network, repeated, drained, expectWhole } = site();
  await stopAll();
  // Without announcements, whose answers it would wait for.
  const service = start("ingest-jobs", { env: { INGEST_LIFECYCLE_EVENTS: "off" } });
  const nodes = start("ingest-nodestate");
  await Promise.all([service.ready(), nodes.ready()]);
  await drained();
  const before = await repeated();
  const acked = async (): Promise<number> => {
    const { body } = await service.get("/metrics");
    return Number(/ingest_messages_settled_total\{[^}]*outcome="acked"\} (\d+)/.exec(body)?.[1]);
  };
  const [ackedBefore, swallowedBefore] = [await acked(), network.broker.traffic.swallowed];
  network.broker.blackHole("to-server");
  await publish(messages());
  // Restored earlier, the network would hand on what the service writes after its commit.
  await vi.waitFor(async () => {
    const lost = (await acked()) - ackedBefore;
    expect(lost).toBeGreaterThan(0);
    expect(network.broker.traffic.swallowed - swallowedBefore).toBeGreaterThan(lost * ACK_BYTES);
  }, until);
  network.broker.restore();
  await expectWhole();
  expect(await repeated()).toBeGreaterThan(before);
  await stopAll();
});

test("the consumer is deleted: not ready, never made again in silence; started again, all comes again and changes nothing", async () => {
  const { running, publish, jsm, stopAll, expectWhole } = site();
  const { jobs } = await running();
  await publish(messages());
  await jsm.consumers.delete("CC_JOB", "ingest-jobs");
  await expectUnready(jobs[0], "the consumer can't be reached: consumer not found");
  await publish(messages());
  await expect(jsm.consumers.info("CC_JOB", "ingest-jobs")).rejects.toThrow("consumer not found");
  await stopAll();
  await running();
  await expectWhole();
});

test("every message is published twice, without an id: the second changes nothing", async () => {
  const { running, publish, expectWhole } = site();
  const { jobs, nodes } = await running();
  const twice = messages();
  await publish(twice);
  await publish(twice);
  await expectWhole();
  for (const service of [...jobs, nodes]) {
    const { body } = await service.get("/metrics");
    expect(body).toMatch(/ingest_events_total\{[^}]*result="duplicate"\} [1-9]/);
  }
});
