import { expect, test } from "vitest";
import { startHealthServer } from "./health.js";

const local = { host: "127.0.0.1", port: 0 };

test("probes answer 200, or 503 with every reason; metrics are text", async () => {
  const problems: string[] = [];
  await using server = await startHealthServer(local, {
    live: () => [],
    ready: () => problems,
    metrics: async () => "a_total 1\n",
  });
  const get = async (path: string) => {
    const response = await fetch(server.url + path);
    return [response.status, await response.text()];
  };
  expect(await get("/livez")).toEqual([200, '{"status":"ok","problems":[]}']);
  expect(await get("/readyz?verbose")).toEqual([200, '{"status":"ok","problems":[]}']);
  problems.push("one", "two");
  expect(await get("/readyz")).toEqual([503, '{"status":"unavailable","problems":["one","two"]}']);
  expect(await get("/metrics")).toEqual([200, "a_total 1\n"]);
  expect(await get("/")).toEqual([404, '{"paths":["/livez","/readyz","/metrics"]}']);
});

test("metrics that can't be read are an error of that request alone", async () => {
  await using server = await startHealthServer(local, {
    live: () => [],
    ready: () => [],
    metrics: () => Promise.reject(new Error("no pool")),
  });
  const failed = await fetch(`${server.url}/metrics`);
  expect([failed.status, await failed.text()]).toEqual([500, "no pool"]);
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
});

test("a taken port is an error that names it", async () => {
  const checks = { live: () => [], ready: () => [], metrics: async () => "" };
  await using first = await startHealthServer(local, checks);
  const port = Number(new URL(first.url).port);
  await expect(startHealthServer({ host: "127.0.0.1", port }, checks)).rejects.toThrow(
    `127.0.0.1:${port} is taken: set HTTP_PORT (ingest.http.port) to a free port`,
  );
});
