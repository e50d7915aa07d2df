import { createServer } from "node:http";
import { type ListenAddress, listen } from "./listen.js";

/** What is asked of a service by probes. Each is a list of what is wrong; empty means yes. */
export interface HealthChecks {
  /** Whether the process works at all. Never the broker or the database: a restart would not bring them back. */
  readonly live: () => readonly string[];
  /** Whether it takes messages now. */
  readonly ready: () => readonly string[];
  /** Prometheus text. */
  readonly metrics: () => string;
}

export interface HealthServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves `/livez`, `/readyz` (200 or 503, with the reasons as JSON) and `/metrics`. */
export async function startHealthServer(address: ListenAddress, checks: HealthChecks): Promise<HealthServer> {
  const answer = (problems: readonly string[]) => ({
    status: problems.length === 0 ? 200 : 503,
    type: "application/json",
    body: JSON.stringify({ status: problems.length === 0 ? "ok" : "unavailable", problems }),
  });
  const routes: Readonly<Record<string, () => { status: number; type: string; body: string }>> = {
    "/livez": () => answer(checks.live()),
    "/readyz": () => answer(checks.ready()),
    "/metrics": () => ({
      status: 200,
      type: "text/plain; version=0.0.4; charset=utf-8",
      body: checks.metrics(),
    }),
  };
  const server = createServer((request, response) => {
    const route = routes[new URL(request.url ?? "/", "http://localhost").pathname];
    const { status, type, body } =
      route?.() ??
      ({
        status: 404,
        type: "application/json",
        body: JSON.stringify({ paths: Object.keys(routes) }),
      } as const);
    response.writeHead(status, { "content-type": type }).end(body);
  });
  return {
    url: await listen(server, address, "HTTP_PORT (ingest.http.port)"),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
