import { expect, test, vi } from "vitest";
import { impatient } from "./changes/impatient.ts";
import { traffic } from "./site/traffic.ts";
import { useSite } from "./site/use-site.ts";
import { until } from "./until.ts";

const site = useSite({ changes: impatient });
let seed = 0;
const messages = () => traffic(150, ++seed);

test.each(["SIGTERM", "SIGKILL"] as const)(
  "the broker is ended by %s under load and started again",
  async (signal) => {
    const { running, publish, broker, expectWhole } = site();
    const { jobs, nodes } = await running();
    const marks = [...jobs, nodes].map((service) => ({ service, from: service.log.length }));
    const publishing = publish(messages());
    await jobs[0].logged("batch committed");
    await broker.kill(signal);
    await Promise.all(marks.map(({ service, from }) => service.logged("lost the broker", from)));
    expect((await jobs[0].get("/readyz")).body).toContain("the broker is not connected");
    await broker.restart();
    await publishing;
    await expectWhole();
    await Promise.all([...jobs, nodes].map((service) => service.ready()));
  },
);

test("the broker is frozen: all waits, and goes on when it does", async () => {
  const { running, publish, broker, expectWhole } = site();
  const { jobs } = await running();
  const from = jobs[0].log.length;
  const publishing = publish(messages());
  await jobs[0].logged("batch committed", from);
  await broker.kill("SIGSTOP");
  await jobs[0].logged("lost the broker", from);
  expect((await jobs[0].get("/livez")).status).toBe(200);
  await broker.kill("SIGCONT");
  await publishing;
  await expectWhole();
});

test("the network to the broker is cut", async () => {
  const { running, publish, network, expectWhole } = site();
  const { jobs, nodes } = await running();
  const from = jobs[0].log.length;
  const publishing = publish(messages());
  await jobs[0].logged("batch committed", from);
  network.broker.cut();
  await jobs[0].logged("lost the broker", from);
  expect((await nodes.get("/readyz")).status).toBe(503);
  network.broker.restore();
  await publishing;
  await expectWhole();
});

test("the connections to the broker are half open: noticed, and opened anew", async () => {
  const { running, publish, network, expectWhole } = site();
  const { jobs } = await running();
  const from = jobs[0].log.length;
  const publishing = publish(messages());
  await jobs[0].logged("batch committed", from);
  network.broker.blackHole("to-client", "to-server");
  await jobs[0].logged("lost the broker", from);
  expect((await jobs[0].get("/readyz")).status).toBe(503);
  expect(network.broker.traffic.swallowed).toBeGreaterThan(0);
  // The old connections stay silent for ever.
  network.broker.restore({ forget: true });
  await publishing;
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
  const from = service.log.length;
  network.broker.blackHole("to-server");
  await publish(messages());
  await service.logged("batch committed", from);
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
  await vi.waitFor(async () => {
    expect((await jobs[0].get("/readyz")).body).toContain(
      "the consumer can't be reached: consumer not found",
    );
  }, until);
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
