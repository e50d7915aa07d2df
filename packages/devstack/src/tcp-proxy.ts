import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Which way bytes go: the client is who connected to the proxy. */
export type Direction = "to-server" | "to-client";

export interface ProxyTraffic {
  /** Connections accepted so far. */
  readonly connections: number;
  /** Bytes swallowed so far. */
  readonly swallowed: number;
}

/** A stretch of network that can fail, between a client and a server on this machine. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  readonly traffic: ProxyTraffic;
  /** Breaks every connection and refuses new ones. */
  cut(): void;
  /** Swallows what goes in these directions, on new connections too; both ends believe that they are connected. */
  blackHole(...directions: readonly Direction[]): void;
  /** Hands everything on this much later. */
  slow(milliseconds: number): void;
  /**
   * The network is whole again. TCP loses nothing within a connection, so one of which bytes were swallowed can't go on: it is
   * broken. With `forget` only the server learns of it, as from keep-alives that are not answered: the client's end stays silent for ever.
   */
  restore(options?: { readonly forget: boolean }): void;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  damaged: boolean;
  forgotten: boolean;
}

/** Listens on a free port of 127.0.0.1 and hands everything on to `target` there. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const links = new Set<Link>();
  const traffic = { connections: 0, swallowed: 0 };
  const network = { whole: true, lag: 0, lost: new Set<Direction>() };

  const breakLink = (link: Link): void => {
    links.delete(link);
    link.client.destroy();
    link.server.destroy();
  };
  const pump = (link: Link, from: Socket, to: Socket, direction: Direction): void => {
    let order = Promise.resolve();
    const later = (act: () => void): void => {
      const due = network.lag > 0 ? delay(network.lag) : undefined;
      order = order.then(() => due).then(act);
    };
    const swallows = (): boolean => link.forgotten || network.lost.has(direction);
    from.on("data", (bytes) => {
      if (!swallows()) return later(() => void to.write(bytes));
      traffic.swallowed += bytes.length;
      link.damaged = true;
    });
    // The end of a connection is a packet too.
    from.on("end", () => {
      if (swallows()) link.damaged = true;
      else later(() => to.end());
    });
    from.on("error", () => {
      if (!swallows()) breakLink(link);
    });
    from.on("close", () => {
      if (link.client.destroyed && link.server.destroyed) links.delete(link);
    });
  };
  const listener = createServer((client) => {
    traffic.connections++;
    if (!network.whole) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(target, "127.0.0.1");
    const link: Link = { client, server, damaged: false, forgotten: false };
    links.add(link);
    client.setNoDelay(true);
    server.setNoDelay(true);
    pump(link, client, server, "to-server");
    pump(link, server, client, "to-client");
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    port: (listener.address() as AddressInfo).port,
    traffic,
    cut() {
      network.whole = false;
      for (const link of links) breakLink(link);
    },
    blackHole(...directions) {
      for (const direction of directions) network.lost.add(direction);
    },
    slow(milliseconds) {
      network.lag = milliseconds;
    },
    restore({ forget } = { forget: false }) {
      network.whole = true;
      network.lag = 0;
      network.lost.clear();
      for (const link of links)
        if (link.damaged && forget) {
          link.forgotten = true;
          link.server.destroy();
        } else if (link.damaged) breakLink(link);
    },
    async [Symbol.asyncDispose]() {
      const closed = once(listener, "close");
      listener.close();
      for (const link of links) breakLink(link);
      await closed;
    },
  };
}
