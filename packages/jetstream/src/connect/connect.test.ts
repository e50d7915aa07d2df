import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort, startNatsServer } from "@cc-ingest/devstack";
import { JwtAuthority, useNats } from "@cc-ingest/devstack/testing";
import { describe, expect, it, vi } from "vitest";
import { useTempDirectory } from "../testing/temp-directory.js";
import { BrokerRefusal } from "./broker-refusal.js";
import { type ConnectHooks, connectNats, connectOnce } from "./connect.js";

const until = { timeout: 60_000, interval: 20 };
const directory = useTempDirectory();
const open = useNats();
const locked = useNats({ extraConfig: `authorization { token: right }\nno_auth_user: ""` });

const nobody = async (): Promise<string> => `nats://127.0.0.1:${(await freePort()).port}`;
const tokenOf = (token: string, ...servers: string[]) => ({ servers, token, name: "test" });

function watching() {
  const heard = { waiting: [] as unknown[], refusals: [] as BrokerRefusal[], states: [] as boolean[] };
  const controller = new AbortController();
  const hooks: ConnectHooks = {
    signal: controller.signal,
    onWaiting: (error) => heard.waiting.push(error),
    onRefused: (refusal) => heard.refusals.push(refusal),
    onStatus: (connected) => heard.states.push(connected),
  };
  return { ...heard, hooks, abort: () => controller.abort() };
}

describe("several addresses", () => {
  it.each([
    ["nobody answers at", async () => [await nobody(), locked().url]],
    ["nobody answers at", async () => [locked().url, await nobody()]],
  ])("where %s one, the other serves: %#", async (_, servers) => {
    const nats = await connectOnce(tokenOf("right", ...(await servers())));
    expect(nats.getServer()).toContain(String(locked().port));
    await nats.close();
  });

  it("a server that refuses does not stand in the way of one that admits", async () => {
    await using other = await startNatsServer({
      extraConfig: `authorization { token: new }\nno_auth_user: ""`,
    });
    const nats = await connectOnce(tokenOf("new", locked().url, other.url));
    expect(nats.getServer()).toContain(String(other.port));
    await nats.close();
  });

  it("a refusal is told when the other server is down, with the address that refuses alone", async () => {
    const down = await nobody();
    for (const servers of [
      [down, locked().url],
      [locked().url, down],
    ]) {
      const refusal = connectOnce(tokenOf("wrong", ...servers));
      await expect(refusal).rejects.toThrow(BrokerRefusal);
      await expect(refusal).rejects.toThrow(`the broker at ${locked().url} refuses the token`);
    }
  });

  it("an open connection moves to the second server when the first one stops", async () => {
    await using first = await startNatsServer();
    const { hooks, states } = watching();
    const down = await nobody();
    const nats = await connectNats({ servers: [first.url, down], name: "test" }, hooks);
    const { port } = new URL(down);
    await first.stop();
    await using second = await startNatsServer({ port: Number(port) });
    await vi.waitFor(() => expect(states).toEqual([false, true]), until);
    expect(nats.getServer()).toContain(String(second.port));
    await nats.close();
  });
});

describe("a service", () => {
  it("gives up when it is refused again and again", async () => {
    const { hooks, waiting } = watching();
    await expect(connectNats(tokenOf("wrong", locked().url), hooks)).rejects.toThrow(BrokerRefusal);
    expect(waiting).toHaveLength(5);
    expect(waiting.every((error) => error instanceof BrokerRefusal)).toBe(true);
  });

  it("is admitted when the broker gets the new credentials a little later", async () => {
    await using server = await startNatsServer({
      extraConfig: `authorization { token: old }\nno_auth_user: ""`,
    });
    const { hooks, waiting } = watching();
    const connecting = connectNats(tokenOf("new", server.url), hooks);
    await vi.waitFor(() => expect(waiting).toHaveLength(1), until);
    await server.reload(`authorization { token: new }\nno_auth_user: ""`);
    await (await connecting).close();
  });

  it("waits for as long as nobody answers", async () => {
    const { hooks, waiting, abort } = watching();
    const connecting = connectNats(tokenOf("any", await nobody()), hooks);
    const ended = expect(connecting).rejects.toThrow("aborted");
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(6), until);
    expect(waiting.some((error) => error instanceof BrokerRefusal)).toBe(false);
    abort();
    await ended;
  });

  it("comes back with the file that took the place of a revoked one, which may be missing meanwhile", async () => {
    const authority = new JwtAuthority();
    const credsFile = join(directory(), "service.creds");
    const old = await authority.addUser("old");
    await writeFile(credsFile, old.creds);
    await using server = await startNatsServer({ extraConfig: await authority.serverConfig() });
    const { hooks, refusals, states } = watching();
    const nats = await connectNats({ servers: [server.url], credsFile, name: "test" }, hooks);

    authority.revoke(old);
    await server.reload(await authority.serverConfig());
    await vi.waitFor(() => expect(refusals.at(-1)?.message).toContain("(authorization violation)"), until);
    expect(refusals[0]?.message).toContain(
      `refuses the credentials file ${credsFile} (user authentication revoked)`,
    );
    await writeFile(credsFile, "");
    await vi.waitFor(() => expect(refusals.at(-1)?.message).toContain("does not hold a user's JWT"), until);
    expect(nats.isClosed()).toBe(false);
    expect(states).not.toContain(true);

    await writeFile(credsFile, (await authority.addUser("new")).creds);
    await vi.waitFor(() => expect(states.at(-1)).toBe(true), until);
    await nats.flush();
    await nats.close();
  });

  it("says so when its credentials expire while it is connected", async () => {
    const authority = new JwtAuthority();
    const credsFile = join(directory(), "short.creds");
    await writeFile(credsFile, (await authority.addUser("short", new Date(Date.now() + 3_000))).creds);
    await using server = await startNatsServer({ extraConfig: await authority.serverConfig() });
    const { hooks, refusals } = watching();
    const nats = await connectNats({ servers: [server.url], credsFile, name: "test" }, hooks);
    await vi.waitFor(() => expect(refusals.at(-1)?.message).toMatch(/: expired on 20.*; renew it$/), until);
    expect(refusals[0]?.message).toContain("(user authentication expired)");
    await nats.close();
  });
});

it("a URL's own user and password count", async () => {
  const nats = await connectOnce({ servers: [open().producerUrl], name: "test" });
  await nats.close();
  const wrong = open().producerUrl.replace(/:[^:@]*@/, ":wrong-secret@");
  const refusal = connectOnce({ servers: [wrong], name: "test" });
  await expect(refusal).rejects.toThrow(`the broker at ${open().url} refuses the user name and password`);
  await expect(refusal).rejects.not.toThrow("wrong-secret");
});
