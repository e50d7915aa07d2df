import {
  AuthorizationError,
  ConnectionError,
  ProtocolError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";
import { CredentialFileError, expiredOn } from "./credential-files.js";
import { type NatsOptions, wayOf } from "./nats-options.js";

/** The broker is there and does not let us in, or we don't trust it: trying again does not help unless a person does something. */
export class BrokerRefusal extends Error {
  override readonly name = "BrokerRefusal";
}

/**
 * The place where failures to connect are told apart: a refusal says which way and address and what to do, never a secret.
 * Undefined means that nobody refused: unreachable, silent, overloaded.
 */
export function refusalOf(
  error: unknown,
  options: NatsOptions,
  servers: readonly string[],
): BrokerRefusal | undefined {
  const address = `the broker at ${servers.join(",")}`;
  for (const cause of causesOf(error)) {
    if (cause instanceof BrokerRefusal) return cause;
    const message = explain(cause, options, address);
    if (message !== undefined) return new BrokerRefusal(message, { cause: error });
  }
  return undefined;
}

function explain(error: Error, options: NatsOptions, address: string): string | undefined {
  if (error instanceof CredentialFileError)
    return `can't connect to ${address}: ${error.message}; give a file that is whole and readable`;
  if (isNotAdmitted(error)) return notAdmitted(error, options, address);
  if (error instanceof ConnectionError && error.message.includes("does not support 'tls'"))
    return `${address} does not offer TLS, which tls:// and nats.tls insist on; use its port with TLS`;
  const code = codeOf(error);
  if (code === undefined) return undefined;
  if (untrustedServer.test(code))
    return `the certificate of ${address} is not trusted: ${reasonOf(error, code)}; check ${options.caFile === undefined ? "nats.tls.ca-file" : `the CA file ${options.caFile}`} and that the certificate is valid for this address`;
  if (refusedCertificate.test(code))
    return options.certFile === undefined
      ? `${address} asks for a client certificate: give nats.tls.cert-file and nats.tls.key-file`
      : `${address} refuses the client certificate ${options.certFile}: ${expiry(options) ?? reasonOf(error, code)}; renew it, or have the broker trust its authority`;
  return undefined;
}

/** "Authentication timeout" says that the server was slow. */
function isNotAdmitted(error: Error): boolean {
  if (error instanceof UserAuthenticationExpiredError) return true;
  if (error instanceof AuthorizationError) return !/timeout/i.test(error.message);
  return error instanceof ProtocolError && /authentication (revoked|expired)/i.test(error.message);
}

function notAdmitted(error: Error, options: NatsOptions, address: string): string {
  const way = wayOf(options);
  const said = error.message.toLowerCase();
  if (way === "a connection without credentials")
    return `${address} refuses ${way} (${said}): give nats.username, nats.token, nats.creds-file-path or nats.nkey-seed-file`;
  return `${address} refuses ${way} (${said}): ${expiry(options) ?? "wrong, expired or revoked, the broker's log tells which"}; renew it`;
}

function expiry(options: NatsOptions): string | undefined {
  try {
    const end = expiredOn(options);
    return end === undefined ? undefined : `expired on ${end.toISOString()}`;
  } catch (error) {
    return error instanceof CredentialFileError ? error.message : undefined;
  }
}

const untrustedServer =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CRL_|INVALID_|PATH_LENGTH_|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;
const refusedCertificate =
  /^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE|DECRYPT_ERROR)/;

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** OpenSSL's messages hold addresses in memory and its source files; the reason alone says it. */
function reasonOf(error: Error, code: string): string {
  if ("reason" in error && typeof error.reason === "string") return error.reason;
  return error.message.includes("\n") ? code : error.message;
}

function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
