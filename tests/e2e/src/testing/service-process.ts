import { fileURLToPath } from "node:url";
import { type ServiceProcess, startFlags, startServiceProcess } from "@cc-ingest/devstack";
import { onTestFinished } from "vitest";

export type ServiceName = "ingest-jobs" | "ingest-nodestate" | "rest-api" | "console";

export const until = { timeout: 240_000, interval: 25 };

/**
 * Starts a service with nothing in its environment but what is given. It is killed at the end of the test. `nodeOptions`: before
 * its program on the command line, in place of what its package starts it with.
 */
export function startService(
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  nodeOptions?: readonly string[],
): ServiceProcess {
  const directory = fileURLToPath(new URL(`../../../../apps/${name}`, import.meta.url));
  const service = startServiceProcess({ directory, env, nodeOptions: nodeOptions ?? startFlags(directory) });
  onTestFinished(async () => {
    service.kill("SIGKILL");
    await service.exit;
  });
  return service;
}
