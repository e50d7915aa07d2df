import { freePort } from "../free-port.js";
import { findNatsServer, type NatsServerBinary } from "./find-nats-server.js";
import { startNatsServer, type NatsServer } from "./start-nats-server.js";

export interface NatsClusterOptions {
  readonly binary?: NatsServerBinary;
}

/** Three servers that hold every replicated stream together: they go on when one of them is gone. */
export interface NatsCluster extends AsyncDisposable {
  readonly servers: readonly NatsServer[];
}

const SIZE = 3;

/** Starts three nats-servers on 127.0.0.1 that know each other; they have a leader when this returns. */
export async function startNatsCluster(options: NatsClusterOptions = {}): Promise<NatsCluster> {
  const binary = options.binary ?? (await findNatsServer());
  const routePorts: number[] = [];
  while (routePorts.length < SIZE) {
    const { port } = await freePort();
    if (!routePorts.includes(port)) routePorts.push(port);
  }
  const starting = await Promise.allSettled(
    routePorts.map((port) => startNatsServer({ binary, extraConfig: clusterConfig(port, routePorts) })),
  );
  const servers = starting.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const dispose = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  };
  for (const each of starting)
    if (each.status === "rejected") {
      await dispose();
      throw each.reason;
    }
  return { servers, [Symbol.asyncDispose]: dispose };
}

/** Clients are not told of the other servers: whoever puts something between must see all of their connections. */
function clusterConfig(port: number, all: readonly number[]): string {
  const routes = all.filter((other) => other !== port).map((other) => `"nats://127.0.0.1:${other}"`);
  return `cluster {
  name: "cc-ingest"
  listen: "127.0.0.1:${port}"
  routes: [${routes.join(", ")}]
  no_advertise: true
}`;
}
