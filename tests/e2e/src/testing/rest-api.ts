import { vi } from "vitest";
import { until } from "./service-process.js";
import type { Stack } from "./stack.js";

type Send<Rest extends readonly unknown[]> = (
  ...args: [...Rest, path: string, body: unknown, headers?: Readonly<Record<string, string>>]
) => Promise<{ code: number; body: unknown }>;

export interface RestApi {
  readonly url: string;
  readonly send: Send<[method: "POST" | "PUT"]>;
  readonly post: Send<[]>;
}

/** No subjects and no broker: what is posted is applied at once. */
export const directly = { SUBJECT_JOB_EVENT: "", SUBJECT_NODE_STATE: "", NATS_URL: "" };

/** Starts the REST API and waits until it has a broker too; without one it is ready as well. */
export async function startRestApi(
  stack: Stack,
  env: Readonly<Record<string, string>> = {},
): Promise<RestApi> {
  const service = await stack.running("rest-api", env);
  const url = String((await service.logged("started"))["url"]);
  if (env["NATS_URL"] !== "") await vi.waitUntil(() => hasBroker(url), until);
  const send: RestApi["send"] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
    return { code: response.status, body: await response.json() };
  };
  return { url, send, post: async (...args) => await send("POST", ...args) };
}

async function hasBroker(url: string): Promise<boolean> {
  const { degraded } = (await (await fetch(`${url}/readyz`)).json()) as { degraded: readonly string[] };
  return degraded.length === 0;
}

/** As cc-slurm-adapter posts it: Slurm's states in upper case. */
export const nodes = (...hostnames: string[]) => ({
  cluster: "fritz",
  nodes: hostnames.map((hostname) => ({
    hostname,
    states: ["MIXED", "DRAIN"],
    cpusAllocated: 36,
    memoryAllocated: 128_000,
    gpusAllocated: 0,
    jobsRunning: 2,
  })),
});
