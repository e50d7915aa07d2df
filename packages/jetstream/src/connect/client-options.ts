import { inboxPrefix } from "@cc-ingest/access";
import {
  type Authenticator,
  type ConnectionOptions,
  jwtAuthenticator,
  nkeyAuthenticator,
} from "@nats-io/transport-node";
import { readCredentials, readSeed, userOf } from "./credential-files.js";
import { type NatsOptions, splitLogin, usesTls } from "./nats-options.js";

/** @throws CredentialFileError */
export function clientOptions(options: NatsOptions): ConnectionOptions {
  const { servers, login } = splitLogin(options.servers);
  return {
    servers,
    name: options.name,
    inboxPrefix: inboxOf(options),
    maxReconnectAttempts: -1,
    // A rotated or not yet distributed credential must not end a service that was connected.
    ignoreAuthErrorAbort: true,
    pingInterval: 20_000,
    timeout: 5_000,
    ...authentication(options, login),
    ...(usesTls(options) ? { tls: tlsFiles(options) } : {}),
  };
}

/**
 * Where answers come in: least privilege grants a user no other inbox than its own. It is named by the user where we know its name,
 * from the settings or a credentials file, else by the connection.
 *
 * @throws CredentialFileError
 */
export function inboxOf(options: NatsOptions): string {
  const { username, credsFile, name } = options;
  const user = credsFile === undefined ? undefined : userOf(readCredentials(credsFile).jwt);
  return inboxPrefix(user ?? username ?? splitLogin(options.servers).login?.user ?? name);
}

function authentication(
  { username, password, token, credsFile, nkeySeedFile }: NatsOptions,
  login: { readonly user: string; readonly pass: string } | undefined,
): ConnectionOptions {
  if (credsFile !== undefined) {
    const current = rereading(() => readCredentials(credsFile));
    return {
      authenticator: (nonce) => {
        const { jwt, seed } = current();
        return jwtAuthenticator(jwt, seed)(nonce);
      },
    };
  }
  if (nkeySeedFile !== undefined) {
    const current = rereading(() => readSeed(nkeySeedFile));
    const authenticator: Authenticator = (nonce) => nkeyAuthenticator(current())(nonce);
    return { authenticator };
  }
  if (token !== undefined) return { token };
  if (username !== undefined) return { user: username, pass: password ?? "" };
  return { ...login };
}

/**
 * Reads anew each time, so that a rotated file counts at the next attempt; while a file can't be read the last one stands in:
 * an authenticator that throws would close the connection for good.
 */
function rereading<T>(read: () => T): () => T {
  let last = read();
  return () => {
    try {
      last = read();
    } catch {
      return last;
    }
    return last;
  };
}

/** The client reads the files at each attempt. */
function tlsFiles({ caFile, certFile, keyFile, handshakeFirst }: NatsOptions) {
  return {
    ...(handshakeFirst === true ? { handshakeFirst } : {}),
    ...(caFile === undefined ? {} : { caFile }),
    ...(certFile === undefined ? {} : { certFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
  };
}
