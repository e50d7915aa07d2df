import { Authority } from "@cc-ingest/access/authority";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort, startNatsServer } from "@cc-ingest/devstack";
import {
  type Certificate,
  CertificateAuthority,
  useNats,
  useTempDirectory,
} from "@cc-ingest/devstack/testing";
import { nkeys } from "@nats-io/transport-node";
import { describe, expect, it, vi } from "vitest";
import { BrokerRefusal } from "./broker-refusal.js";
import { type ConnectHooks, connectNats, connectOnce } from "./connect.js";

const until = { timeout: 60_000, interval: 20 };
const directory = useTempDirectory();
const open = useNats();
const locked = useNats({ authorization: "authorization { token: right }" });

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
      authorization: "authorization { token: new }",
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
      authorization: "authorization { token: old }",
    });
    const { hooks, waiting } = watching();
    const connecting = connectNats(tokenOf("new", server.url), hooks);
    await vi.waitFor(() => expect(waiting).toHaveLength(1), until);
    await server.reload(`authorization { token: new }`);
    await (await connecting).close();
  });

  it("waits for as long as nobody answers", async () => {
    const { hooks, waiting, abort } = watching();
    const connecting = connectNats(tokenOf("any", await nobody()), hooks);
    const ended = connecting.then(
      () => "connected",
      (error: unknown) => error,
    );
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(6), until);
    expect(waiting.some((error) => error instanceof BrokerRefusal)).toBe(false);
    abort();
    expect(await ended).toMatchObject({ name: "AbortError" });
  });

  it("comes back with the file that took the place of a revoked one, which may be missing meanwhile", async () => {
    const authority = await Authority.create();
    const credsFile = join(directory(), "service.creds");
    const old = await authority.addUser("old");
    await writeFile(credsFile, old.creds);
    await using server = await startNatsServer({ authorization: "", extraConfig: authority.serverConfig });
    const { hooks, refusals, states } = watching();
    const nats = await connectNats({ servers: [server.url], credsFile, name: "test" }, hooks);

    await authority.revoke(old);
    await server.reload(authority.serverConfig);
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

  it("comes back with a rotated NKey seed", async () => {
    const [old, fresh] = [nkeys.createUser(), nkeys.createUser()];
    const only = (key: typeof old) => `authorization { users: [{ nkey: ${key.getPublicKey()} }] }`;
    const nkeySeedFile = join(directory(), "service.nk");
    await writeFile(nkeySeedFile, old.getSeed());
    await using server = await startNatsServer({ authorization: "", extraConfig: only(old) });
    const { hooks, refusals, states } = watching();
    const nats = await connectNats({ servers: [server.url], nkeySeedFile, name: "test" }, hooks);
    await server.reload(only(fresh));
    await vi.waitFor(() => expect(refusals).not.toEqual([]), until);
    await writeFile(nkeySeedFile, fresh.getSeed());
    await vi.waitFor(() => expect(states.at(-1)).toBe(true), until);
    await nats.close();
  });

  it("comes back with a rotated client certificate", async () => {
    const [authority, next] = await Promise.all([
      CertificateAuthority.create(),
      CertificateAuthority.create(),
    ]);
    const path = (name: string) => join(directory(), name);
    const write = async (name: string, { cert, key }: Certificate) => {
      await writeFile(path(`${name}.pem`), cert);
      await writeFile(path(`${name}.key`), key);
    };
    await writeFile(path("ca.pem"), authority.cert);
    await writeFile(path("next-ca.pem"), next.cert);
    await write("server", await authority.issue("server"));
    await write("client", await authority.issue("client"));
    const trusting = (ca: string) =>
      `tls { cert_file: "${path("server.pem")}", key_file: "${path("server.key")}", ca_file: "${path(ca)}", verify: true }`;
    await using server = await startNatsServer({ authorization: "", extraConfig: trusting("ca.pem") });
    const { hooks, refusals, states } = watching();
    const files = { caFile: path("ca.pem"), certFile: path("client.pem"), keyFile: path("client.key") };
    const nats = await connectNats({ servers: [server.url], name: "test", ...files }, hooks);
    await server.reload(trusting("next-ca.pem"));
    await server.restart();
    await vi.waitFor(
      () => expect(refusals.at(-1)?.message).toContain(`refuses the client certificate ${files.certFile}`),
      until,
    );
    await write("client", await next.issue("client"));
    await vi.waitFor(() => expect(states.at(-1)).toBe(true), until);
    await nats.close();
  });

  it("says so when its credentials expire while it is connected", async () => {
    const authority = await Authority.create();
    const credsFile = join(directory(), "short.creds");
    await writeFile(
      credsFile,
      (await authority.addUser("short", { expires: new Date(Date.now() + 3_000) })).creds,
    );
    await using server = await startNatsServer({ authorization: "", extraConfig: authority.serverConfig });
    const { hooks, refusals } = watching();
    const nats = await connectNats({ servers: [server.url], credsFile, name: "test" }, hooks);
    await vi.waitFor(() => expect(refusals.at(-1)?.message).toMatch(/: expired on 20.*; renew it$/), until);
    expect(refusals[0]?.message).toContain("(user authentication expired)");
    await nats.close();
  });
});

it("a broker without TLS is not talked to when TLS is insisted on", async () => {
  const refusal = connectOnce({ servers: [open().url], tls: true, name: "test" });
  await expect(refusal).rejects.toThrow(`the broker at ${open().url} does not offer TLS`);
  await expect(refusal).rejects.toThrow(BrokerRefusal);
});

it("a broker whose certificate has expired is not trusted, and says when it did", async () => {
  const authority = await CertificateAuthority.create();
  const path = (name: string) => join(directory(), `expired-${name}`);
  const { cert, key } = await authority.issue("server", "expired");
  await writeFile(path("ca.pem"), authority.cert);
  await writeFile(path("server.pem"), cert);
  await writeFile(path("server.key"), key);
  await using server = await startNatsServer({
    extraConfig: `tls { cert_file: "${path("server.pem")}", key_file: "${path("server.key")}" }`,
  });
  const refusal = connectOnce({ servers: [server.url], caFile: path("ca.pem"), name: "test" });
  await expect(refusal).rejects.toThrow(
    `the certificate of the broker at ${server.url} is not trusted: certificate has expired`,
  );
  await expect(refusal).rejects.toThrow(BrokerRefusal);
});

it("a URL's own user and password count", async () => {
  const nats = await connectOnce({ servers: [open().producerUrl], name: "test" });
  await nats.close();
  const wrong = open().producerUrl.replace(/:[^:@]*@/, ":wrong-secret@");
  const refusal = connectOnce({ servers: [wrong], name: "test" });
  await expect(refusal).rejects.toThrow(`the broker at ${open().url} refuses the user name and password`);
  await expect(refusal).rejects.not.toThrow("wrong-secret");
});
