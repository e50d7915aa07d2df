export interface NatsOptions {
  /** `host:port` or URLs; a URL's own user and password stand in where `username` is absent. */
  readonly servers: readonly string[];
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  /** A `.creds` file: JWT and NKey. */
  readonly credsFile?: string;
  /** A file with an NKey seed. */
  readonly nkeySeedFile?: string;
  /** Refuse a connection without TLS. */
  readonly tls?: boolean;
  /** The authorities that may vouch for the server; default are the system's. */
  readonly caFile?: string;
  /** Our own certificate, together with `keyFile`. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** The server begins with TLS before its first word. */
  readonly handshakeFirst?: boolean;
  /** Shown by the server's monitoring. */
  readonly name: string;
}

/** How we authenticate, as messages name it: with the file, never with a secret. */
export function wayOf(options: NatsOptions): string {
  if (options.credsFile !== undefined) return `the credentials file ${options.credsFile}`;
  if (options.nkeySeedFile !== undefined) return `the NKey seed file ${options.nkeySeedFile}`;
  if (options.token !== undefined) return "the token";
  if (options.username !== undefined || splitLogin(options.servers).login !== undefined)
    return "the user name and password";
  if (options.certFile !== undefined) return `the client certificate ${options.certFile}`;
  return "a connection without credentials";
}

export function usesTls({ tls, caFile, certFile, handshakeFirst }: NatsOptions): boolean {
  return tls === true || handshakeFirst === true || caFile !== undefined || certFile !== undefined;
}

interface Login {
  readonly user: string;
  readonly pass: string;
}

/** The client ignores credentials in a URL, which other clients honour. */
export function splitLogin(servers: readonly string[]): {
  servers: string[];
  login: Login | undefined;
} {
  let login: Login | undefined;
  const plain = servers.map((server) => {
    const at = server.lastIndexOf("@");
    if (at < 0) return server;
    const scheme = /^[a-z]+:\/\//i.exec(server)?.[0] ?? "";
    const [name = "", ...rest] = server.slice(scheme.length, at).split(":");
    login ??= { user: decodeURIComponent(name), pass: decodeURIComponent(rest.join(":")) };
    return scheme + server.slice(at + 1);
  });
  return { servers: plain, login };
}
