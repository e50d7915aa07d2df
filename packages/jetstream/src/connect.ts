import { setTimeout as delay } from "node:timers/promises";
import {
  type Authenticator,
  type NatsConnection,
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
} from "@nats-io/transport-node";
import { readFile } from "node:fs/promises";

export interface NatsOptions {
  /** `host:port` or URLs; a URL's own user and password stand in where `username` is absent. */
  readonly servers: readonly string[];
  readonly username?: string;
  readonly password?: string;
  /** A `.creds` file: JWT and NKey. */
  readonly credsFile?: string;
  /** A file with an NKey seed. */
  readonly nkeySeedFile?: string;
  /** Refuse a connection without TLS. */
  readonly tls?: boolean;
  /** Shown by the server's monitoring. */
  readonly name: string;
}

export interface ConnectHooks {
  readonly signal: AbortSignal;
  /** Told of each failed first attempt; the next follows by itself. */
  readonly onWaiting: (error: unknown) => void;
  /** Told when an established connection is lost and when it is back. */
  readonly onStatus: (connected: boolean, server: string) => void;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

/**
 * Connects, waiting for as long as no server answers, and from then on reconnects for ever.
 *
 * @throws the signal's reason when it aborts first
 */
export async function connectNats(options: NatsOptions, hooks: ConnectHooks): Promise<NatsConnection> {
  for (let pause = FIRST_RETRY_MS; ; pause = Math.min(pause * 2, LAST_RETRY_MS)) {
    hooks.signal.throwIfAborted();
    try {
      const connection = await connectOnce(options);
      void follow(connection, hooks.onStatus);
      return connection;
    } catch (error) {
      hooks.onWaiting(error);
      await delay(pause, undefined, { signal: hooks.signal });
    }
  }
}

/** Connects or fails at once: for tools that a person waits for. */
export async function connectOnce(options: NatsOptions): Promise<NatsConnection> {
  const { servers, user } = splitCredentials(options.servers);
  const username = options.username ?? user?.name;
  const password = options.password ?? user?.password;
  return await connect({
    servers,
    name: options.name,
    inboxPrefix: inboxPrefix(options.name),
    maxReconnectAttempts: -1,
    // A rotated or not yet distributed credential must not end a service that was connected.
    ignoreAuthErrorAbort: true,
    pingInterval: 20_000,
    timeout: 5_000,
    ...(username === undefined ? {} : { user: username, pass: password ?? "" }),
    ...(await authenticator(options)),
    ...(options.tls === true ? { tls: {} } : {}),
  });
}

/** Where answers to this user come in: least privilege grants it no other inbox. */
export function inboxPrefix(name: string): string {
  return `_INBOX_${name.replaceAll(/[^A-Za-z0-9_-]/g, "_")}`;
}

async function authenticator({
  credsFile,
  nkeySeedFile,
}: NatsOptions): Promise<{ authenticator?: Authenticator }> {
  if (credsFile !== undefined) return { authenticator: credsAuthenticator(await readFile(credsFile)) };
  if (nkeySeedFile === undefined) return {};
  const seed = new TextEncoder().encode((await readFile(nkeySeedFile, "utf8")).trim());
  return { authenticator: nkeyAuthenticator(seed) };
}

/** The client ignores credentials in a URL, which other clients honour. */
function splitCredentials(servers: readonly string[]): {
  servers: string[];
  user: { name: string; password: string } | undefined;
} {
  let user: { name: string; password: string } | undefined;
  const plain = servers.map((server) => {
    const at = server.lastIndexOf("@");
    if (at < 0) return server;
    const scheme = /^[a-z]+:\/\//i.exec(server)?.[0] ?? "";
    const [name = "", ...rest] = server.slice(scheme.length, at).split(":");
    user ??= { name: decodeURIComponent(name), password: decodeURIComponent(rest.join(":")) };
    return scheme + server.slice(at + 1);
  });
  return { servers: plain, user };
}

async function follow(connection: NatsConnection, onStatus: ConnectHooks["onStatus"]): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === "disconnect") onStatus(false, status.server);
    if (status.type === "reconnect") onStatus(true, status.server);
  }
}
