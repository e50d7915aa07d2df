import { waitUntil } from "../wait-until.js";

const PATIENCE_MS = 10_000;

/** Has a server read its configuration again, and waits until it says that it has. */
export async function reloadConfig(monitorUrl: string, signal: () => Promise<void>): Promise<void> {
  const before = await loadTime(monitorUrl);
  await signal();
  if (!(await waitUntil(async () => (await loadTime(monitorUrl)) !== before, PATIENCE_MS)))
    throw new Error("nats-server does not take over the changed configuration; its log tells why");
}

async function loadTime(monitorUrl: string): Promise<unknown> {
  const response = await fetch(`${monitorUrl}/varz`, { signal: AbortSignal.timeout(2_000) });
  const variables = (await response.json()) as { readonly config_load_time?: unknown };
  return variables.config_load_time;
}
