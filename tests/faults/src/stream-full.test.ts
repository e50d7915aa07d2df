import { expect, test } from "vitest";
import { traffic } from "./site/traffic.ts";
import { useSite } from "./site/use-site.ts";

const site = useSite({ env: { INGEST_STREAMS_MAX_BYTES: "150000" } });

test("a full stream lets the oldest messages go and refuses none; what was applied stays", async () => {
  const { publish, jsm, expectWhole } = site();
  let published = 0;
  // Each time less than the stream can hold.
  for (const seed of [1, 2, 3, 4]) {
    const messages = traffic(40, seed).filter(({ to }) => to === "ingest-jobs");
    published += messages.length;
    await publish(messages);
    await expectWhole();
  }
  const { config, state } = await jsm.streams.info("CC_JOB");
  expect(config.discard).toBe("old");
  expect(state.first_seq).toBeGreaterThan(1);
  expect(state.last_seq).toBeGreaterThanOrEqual(published);
  expect(state.messages).toBeLessThan(published);
});
