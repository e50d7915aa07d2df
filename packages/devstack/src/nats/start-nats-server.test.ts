import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { join } from "node:path";
import { stat } from "node:fs/promises";
import { expect, inject, it } from "vitest";
import { freePort } from "../free-port.js";
import { isAlive } from "../process-table.js";
import { useTempDirectory } from "../vitest/temp-directory.js";
import { startNatsServer, type NatsServer, type NatsServerOptions } from "./start-nats-server.js";

const directory = useTempDirectory();

function start(options: NatsServerOptions = {}): Promise<NatsServer> {
  return startNatsServer({ binary: inject("devstackNatsServer"), ...options });
}

/** The client does not read credentials out of an address. */
function open(address: string): Promise<NatsConnection> {
  const { host, username, password } = new URL(address);
  const credentials = username === "" ? {} : { user: username, pass: password };
  return connect({ servers: host, reconnect: false, ...credentials });
}

async function connected<T>(address: string, work: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const connection = await open(address);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

function storeOne(url: string): Promise<unknown> {
  return connected(url, async (connection) => {
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: "EVENTS", subjects: ["cc.job.event"] });
    return manager.jetstream().publish("cc.job.event", "hello");
  });
}

function storedMessages(url: string): Promise<number> {
  return connected(url, async (connection) => {
    const manager = await jetstreamManager(connection);
    return (await manager.streams.info("EVENTS")).state.messages;
  });
}

it("serves JetStream to an administrator who gives no credentials", async () => {
  await using server = await start();
  await storeOne(server.url);
  expect(await storedMessages(server.url)).toBe(1);
  expect(server.version).toBe(inject("devstackNatsServer").version);
});

it("keeps messages and port over a kill and a restart", async () => {
  await using server = await start();
  await storeOne(server.url);
  const { pid, port } = server;
  await server.kill();
  expect(isAlive(pid)).toBe(false);
  await expect(open(server.url)).rejects.toThrow(/refused/i);
  await server.restart();
  expect(server.port).toBe(port);
  expect(server.pid).not.toBe(pid);
  expect(await storedMessages(server.url)).toBe(1);
});

it("keeps messages over a stop and a restart", async () => {
  await using server = await start();
  await storeOne(server.url);
  await server.stop();
  await server.stop();
  await server.restart();
  expect(await storedMessages(server.url)).toBe(1);
});

it("can be frozen, and is stopped even then", async () => {
  const server = await start();
  await server.kill("SIGSTOP");
  await server[Symbol.asyncDispose]();
  expect(isAlive(server.pid)).toBe(false);
});

it("removes its temporary store, and keeps one that was given", async () => {
  const temporary = await start();
  await temporary[Symbol.asyncDispose]();
  await expect(stat(temporary.storeDir)).rejects.toThrow("ENOENT");

  const storeDir = join(directory(), "kept");
  const first = await start({ storeDir });
  await storeOne(first.url);
  await first[Symbol.asyncDispose]();
  await using second = await start({ storeDir });
  expect(await storedMessages(second.url)).toBe(1);
});

it("lets the producer publish to its subjects alone", async () => {
  await using server = await start({ producerSubjects: ["cc.job.event"] });
  await storeOne(server.url);
  await connected(server.producerUrl, async (connection) => {
    const refused: string[] = [];
    const watching = (async () => {
      for await (const { type, ...status } of connection.status()) {
        refused.push(type === "error" && "error" in status ? String(status.error) : type);
        if (refused.length === 2) {
          return;
        }
      }
    })();
    connection.publish("cc.job.event", "allowed");
    connection.publish("$JS.API.STREAM.DELETE.EVENTS", "");
    await connection.flush();
    connection.subscribe("cc.job.event", { callback: () => {} });
    await watching;
    expect(refused).toEqual([
      expect.stringContaining('Publish to "$JS.API.STREAM.DELETE.EVENTS"'),
      expect.stringContaining('Subscription to "cc.job.event"'),
    ]);
  });
  expect(await storedMessages(server.url)).toBe(2);
});

it("refuses the producer's name with another password", async () => {
  await using server = await start({ producerPassword: "right" });
  const url = server.producerUrl.replace("right", "wrong");
  await expect(open(url)).rejects.toThrow(/authorization/i);
});

it("takes the caller's settings over its own", async () => {
  await using server = await start({ extraConfig: "max_payload: 2MB" });
  await connected(server.url, async ({ info }) => {
    expect(info?.max_payload).toBe(2 * 1024 * 1024);
  });
});

it("takes over a configuration while it runs", async () => {
  await using server = await start({ extraConfig: "max_payload: 2MB" });
  const { pid } = server;
  await server.reload("max_payload: 3MB");
  await connected(server.url, async ({ info }) => {
    expect(info?.max_payload).toBe(3 * 1024 * 1024);
  });
  expect(server.pid).toBe(pid);
});

it("says so when the port asked for is in use", async () => {
  const { port } = await freePort();
  await using server = await start({ port });
  expect(server.url).toBe(`nats://127.0.0.1:${port}`);
  await expect(start({ port })).rejects.toMatchObject({ code: "port_in_use" });
});

it("refuses a store that another server uses", async () => {
  const storeDir = join(directory(), "shared");
  await using server = await start({ storeDir });
  await expect(start({ storeDir })).rejects.toMatchObject({
    code: "data_directory_in_use",
    message: expect.stringContaining(`in use by process ${server.pid}`),
  });
});

it("tells the end of the log when the server does not start", async () => {
  await expect(start({ extraConfig: "no_such_setting: 1" })).rejects.toMatchObject({
    code: "start_failed",
    message: expect.stringContaining("no_such_setting"),
  });
});
