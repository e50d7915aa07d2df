import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";

export interface TestHttpServer extends AsyncDisposable {
  readonly url: string;
}

/** A release host or package mirror on this machine. */
export async function serveHttp(listener: RequestListener): Promise<TestHttpServer> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("no TCP address");
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
