import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface ListenAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/**
 * Has a server listen. `setting`: what to change when the port is taken.
 *
 * @returns the URL it listens on
 */
export async function listen(
  server: Server,
  { host, port }: ListenAddress,
  setting: string,
): Promise<string> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
      throw new Error(`${host}:${port} is taken: set ${setting} to a free port`, { cause: error });
    throw error;
  }
  const bound = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${bound.port}`;
}
