import { expect, test } from "vitest";
import { answerOf, startSite } from "./testing/site.js";

const post = (url: string, body: NonNullable<RequestInit["body"]>) =>
  fetch(`${url}/write`, { method: "POST", body, duplex: "half" });

test("what is not there is told as JSON", async () => {
  const { url } = await startSite();
  expect(await answerOf(await fetch(`${url}/nowhere`))).toEqual({
    code: 404,
    body: { status: "Not Found", error: "there is nothing at GET /nowhere" },
  });
});

test("a bug is told in the log, and nothing of it in the answer", async () => {
  const { url, logged } = await startSite({}, (site) =>
    site.get("/bug", () => {
      throw new TypeError("the secret of line 7");
    }),
  );
  const { code, body } = await answerOf(await fetch(`${url}/bug`));
  expect([code, body]).toEqual([
    500,
    { status: "Internal Server Error", error: "internal error; the log tells more" },
  ]);
  expect(logged).toContainEqual(
    expect.objectContaining({
      level: "error",
      err: expect.objectContaining({ message: "the secret of line 7" }),
    }),
  );
});

test.each([
  ["the database is away", Object.assign(new Error("x"), { code: "ECONNREFUSED" })],
  ["a statement took too long", Object.assign(new Error("x"), { code: "57014" })],
])("%s: 503, to be tried again", async (_, error) => {
  const { url } = await startSite({}, (site) =>
    site.get("/trouble", () => {
      throw error;
    }),
  );
  const response = await fetch(`${url}/trouble`);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(await answerOf(response)).toMatchObject({ code: 503, body: { status: "Service Unavailable" } });
});

test("a body that is too large is refused, announced or not", async () => {
  const { url } = await startSite();
  expect((await post(url, "x".repeat(1_024))).status).toBe(200);
  expect((await post(url, "x".repeat(1_025))).status).toBe(413);
  const chunks = ReadableStream.from([new Uint8Array(600), new Uint8Array(600)]);
  expect((await post(url, chunks)).status).toBe(413);
});

test("an answer that does not come is given up", async () => {
  const { url } = await startSite({ requestTimeoutSeconds: 0.05 }, (site) =>
    site.get("/slow", () => new Promise<Response>(() => undefined)),
  );
  expect(await answerOf(await fetch(`${url}/slow`))).toMatchObject({
    code: 504,
    body: { status: "Gateway Timeout" },
  });
});

test("health is told to everybody, and what start-up waits for to who asks for more", async () => {
  const { url, state } = await startSite();
  expect(await answerOf(await fetch(`${url}/readyz`))).toEqual({
    code: 200,
    body: { status: "ok", problems: [], degraded: [] },
  });
  state.waitingFor = "the database";
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  expect(await answerOf(await fetch(`${url}/who`))).toMatchObject({
    code: 503,
    body: { error: "waiting for the database; try again" },
  });
});

test("each request is a line in the log, health is not", async () => {
  const { url, logged } = await startSite();
  await fetch(`${url}/livez`);
  await fetch(`${url}/who?token=hidden`);
  await post(url, "x");
  await fetch(`${url}/nowhere`);
  expect(logged).toEqual([
    expect.objectContaining({ level: "debug", method: "GET", path: "/who", status: 200, user: "local" }),
    expect.objectContaining({ level: "info", msg: "request", method: "POST", path: "/write", status: 200 }),
    expect.objectContaining({ level: "info", method: "GET", path: "/nowhere", status: 404 }),
  ]);
});

test("a request that is here is answered before the server ends", async () => {
  const { promise: here, resolve: arrived } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const site = await startSite({}, (routes) =>
    routes.get("/held", async (c) => {
      arrived();
      await released;
      return c.text("answered");
    }),
  );
  const answer = fetch(`${site.url}/held`);
  await here;
  const stopped = site.stop();
  await expect(fetch(`${site.url}/livez`)).rejects.toThrow("fetch failed");
  release();
  expect(await (await answer).text()).toBe("answered");
  await stopped;
});
