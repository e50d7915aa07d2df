import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type TcpProxy, startTcpProxy } from "./tcp-proxy.js";
import { waitUntil } from "./wait-until.js";

interface Line {
  readonly proxy: TcpProxy;
  readonly client: Socket;
  readonly heard: () => string;
  readonly received: () => string;
}

/** A client that talks through a proxy to a server that answers in capitals. */
async function talk(): Promise<Line> {
  let received = "";
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => {
      received += data.toString();
      socket.write(data.toString().toUpperCase());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await startTcpProxy((server.address() as AddressInfo).port);
  const { client, heard } = await open(proxy);
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    server.close();
  });
  return { proxy, client, heard, received: () => received };
}

async function open(proxy: TcpProxy): Promise<{ client: Socket; heard: () => string }> {
  const client = connect(proxy.port, "127.0.0.1");
  client.on("error", () => {});
  let heard = "";
  client.on("data", (data) => (heard += data.toString()));
  await once(client, "connect");
  onTestFinished(() => void client.destroy());
  return { client, heard: () => heard };
}

/** However it ends. */
const closing = (socket: Socket): Promise<void> =>
  new Promise((resolve) => void socket.once("close", () => resolve()));

const eventually = async (condition: () => boolean): Promise<void> => {
  if (!(await waitUntil(condition, 30_000))) throw new Error("it has not come");
};

test("hands bytes on both ways, in their order, and later when it is slow", async () => {
  const { proxy, client, heard } = await talk();
  client.write("a");
  await eventually(() => heard() === "A");
  proxy.slow(20);
  for (const letter of "bcd") client.write(letter);
  proxy.slow(0);
  client.write("e");
  await eventually(() => heard().length === 5);
  expect(heard()).toBe("ABCDE");
});

test("a cut breaks what is connected and refuses more, until it is restored", async () => {
  const { proxy, client } = await talk();
  const closed = closing(client);
  proxy.cut();
  await closed;
  const refused = connect(proxy.port, "127.0.0.1");
  refused.on("error", () => {});
  await closing(refused);
  proxy.restore();
  const again = await open(proxy);
  again.client.write("x");
  await eventually(() => again.heard() !== "");
  expect(again.heard()).toBe("X");
});

test("a black hole to the server swallows what the client sends; restored, the damaged connection breaks", async () => {
  const { proxy, client, heard, received } = await talk();
  client.write("a");
  await eventually(() => heard() === "A");
  proxy.blackHole("to-server");
  client.write("lost");
  await eventually(() => proxy.traffic.swallowed === 4);
  expect(client.destroyed).toBe(false);
  const closed = closing(client);
  proxy.restore();
  await closed;
  expect(received()).toBe("a");
});

test("a black hole to the client swallows the answers alone; forgotten, the client's end stays silent, and a new connection works", async () => {
  const { proxy, client, heard, received } = await talk();
  proxy.blackHole("to-client");
  client.write("abc");
  await eventually(() => proxy.traffic.swallowed === 3);
  proxy.restore({ forget: true });
  client.write("d");
  await eventually(() => proxy.traffic.swallowed === 4);
  expect([received(), heard(), client.destroyed]).toEqual(["abc", "", false]);
  const other = await open(proxy);
  other.client.write("e");
  await eventually(() => other.heard() === "E");
});

test("what a server says before it closes is heard", async () => {
  const server = createServer((socket) => socket.end("too many connections"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await using proxy = await startTcpProxy((server.address() as AddressInfo).port);
  const { client, heard } = await open(proxy);
  await closing(client);
  expect(heard()).toBe("too many connections");
  server.close();
});
