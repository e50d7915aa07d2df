import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { type NatsServer, startNatsServer } from "@cc-ingest/devstack";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { type Way, waysOf } from "../testing/ways.js";
import { BrokerRefusal } from "./broker-refusal.js";
import { connectOnce } from "./connect.js";
import { follow } from "./follow.js";

const until = { timeout: 30_000, interval: 20 };

describe.each(waysOf(inject("devstackNatsServer").version))("%s", (_, make) => {
  let directory = "";
  let way: Way;
  let server: NatsServer;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "cc-ingest-auth-"));
    way = await make(directory);
    server = await startNatsServer({ authorization: "", extraConfig: way.serverConfig });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  const connect = (given: Way["right"]) => connectOnce({ servers: [server.url], name: "test", ...given });

  const expectNoSecret = (what: unknown) => {
    const shown = inspect(what, { depth: 9 });
    for (const secret of way.secrets) expect(shown).not.toContain(secret);
  };

  it("lets us in", async () => {
    const nats = await connect(way.right);
    await nats.flush();
    expect(nats.getServer()).toContain(String(server.port));
    await nats.close();
  });

  it("says which way was refused where, and no secret", async () => {
    const cases = Object.entries(way.refused);
    expect(cases.length).toBeGreaterThan(1);
    for (const [name, { given, says }] of cases) {
      const error: unknown = await connect(given).then(
        () => `admitted with ${name}`,
        (refusal: unknown) => refusal,
      );
      expect(error).toBeInstanceOf(BrokerRefusal);
      const message = error instanceof Error ? error.message : "";
      expect(message).toContain(says);
      expect(message).toContain(server.url);
      expect(message).not.toMatch(/\n|openssl/);
      expectNoSecret(error);
    }
  });

  it("keeps asking after it was withdrawn from an open connection, says so, and is back when it is given again", async () => {
    const nats = await connect(way.right);
    const refusals: BrokerRefusal[] = [];
    const states: boolean[] = [];
    const options = { servers: [server.url], name: "test", ...way.right };
    void follow(nats, options, {
      onStatus: (connected) => states.push(connected),
      onRefused: (refusal) => refusals.push(refusal),
    });
    await server.reload(way.withdrawnConfig);
    // It looks at certificates only when someone connects.
    if (way.right.certFile !== undefined) await server.restart();
    await expect(connect(way.right)).rejects.toThrow(BrokerRefusal);
    await vi.waitFor(() => expect(refusals).not.toEqual([]), until);
    expect(refusals.at(-1)?.message).toContain(server.url);
    expect(nats.isClosed()).toBe(false);
    expect(states).not.toContain(true);
    expectNoSecret(refusals);

    await server.reload(way.serverConfig);
    await vi.waitFor(() => expect(states.at(-1)).toBe(true), until);
    await nats.flush();
    await nats.close();
  });
});
