import { once } from "node:events";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, it } from "vitest";
import { freePort } from "./free-port.js";

it("gives the preferred port when it is free", async () => {
  const { port } = await freePort();
  expect(await freePort(port)).toEqual({ port, taken: false });
});

const loopback = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .map(({ address }) => address)
  .filter((address) => address === "127.0.0.1" || address === "::1");

it.each(loopback)("gives another one when the preferred one is taken on %s", async (host) => {
  const { port } = await freePort();
  const server = createServer().listen(port, host);
  await once(server, "listening");
  const other = await freePort(port);
  expect(other.taken).toBe(true);
  expect(other.port).not.toBe(port);
  const closed = once(server, "close");
  server.close();
  await closed;
});
