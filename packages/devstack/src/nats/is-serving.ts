/**
 * Whether the server at `monitorUrl` is the one called `serverName` and takes clients with JetStream recovered.
 * The name matters: another server may have taken the port between choosing and starting.
 */
export async function isServing(monitorUrl: string, serverName: string): Promise<boolean> {
  try {
    const health = await ask(`${monitorUrl}/healthz`);
    if (!isRecord(health) || health["status"] !== "ok") {
      return false;
    }
    const variables = await ask(`${monitorUrl}/varz`);
    return isRecord(variables) && variables["server_name"] === serverName;
  } catch {
    return false;
  }
}

async function ask(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  return response.json();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
