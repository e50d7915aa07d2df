import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { type ListenAddress, listen } from "./listen.js";
import { messageOf } from "./message-of.js";

/** What is asked of a service by probes. Each is a list of what is wrong; empty means yes. */
export interface HealthChecks {
  /** Whether the process works at all. Never the broker or the database: a restart would not bring them back. */
  readonly live: () => readonly string[];
  /** Whether it takes messages now. */
  readonly ready: () => readonly string[];
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
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
  const routes: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
    "/livez": () => answer(checks.live()),
    "/readyz": () => answer(checks.ready()),
    "/metrics": async () => ({
      status: 200,
      type: "text/plain; version=0.0.4; charset=utf-8",
      body: await checks.metrics(),
    }),
  };
  const unknown: Answer = {
    status: 404,
    type: "application/json",
    body: JSON.stringify({ paths: Object.keys(routes) }),
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = routes[new URL(request.url ?? "/", "http://localhost").pathname];
    try {
      const { status, type, body } = (await route?.()) ?? unknown;
      response.writeHead(status, { "content-type": type }).end(body);
    } catch (error) {
      response.writeHead(500, { "content-type": "text/plain" }).end(messageOf(error));
    }
  };
  const server = createServer((request, response) => void respond(request, response));
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
