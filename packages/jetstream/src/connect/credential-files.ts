import { X509Certificate, createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { nkeys } from "@nats-io/transport-node";
import type { NatsOptions } from "./nats-options.js";

export interface Credentials {
  readonly jwt: string;
  readonly seed: Uint8Array;
}

/** A file of ours that can't be used. The message names the file and never quotes it. */
export class CredentialFileError extends Error {
  override readonly name = "CredentialFileError";
}

export function readCredentials(path: string): Credentials {
  const what = `the credentials file ${path}`;
  const text = readText(what, path);
  const jwt = section(text, "NATS USER JWT");
  const seed = section(text, "USER NKEY SEED");
  if (jwt === undefined || seed === undefined)
    throw new CredentialFileError(`${what} does not hold a user's JWT and NKey seed, as nsc writes them`);
  return { jwt, seed: checkedSeed(what, seed) };
}

/** A file with the seed alone, or with the lines around it that nsc writes. */
export function readSeed(path: string): Uint8Array {
  const what = `the NKey seed file ${path}`;
  const seed = /^\s*(SU[A-Z2-7]+)\s*$/m.exec(readText(what, path))?.[1];
  if (seed === undefined) throw new CredentialFileError(`${what} does not hold a user's NKey seed (SU…)`);
  return checkedSeed(what, seed);
}

/** @throws CredentialFileError for the first file that can't be used */
export function checkFiles({ credsFile, nkeySeedFile, caFile, certFile, keyFile }: NatsOptions): void {
  if (credsFile !== undefined) readCredentials(credsFile);
  if (nkeySeedFile !== undefined) readSeed(nkeySeedFile);
  if (caFile !== undefined) readCertificate(`the CA file ${caFile}`, caFile);
  if (certFile === undefined || keyFile === undefined) return;
  const certificate = readCertificate(`the client certificate ${certFile}`, certFile);
  const what = `the private key ${keyFile}`;
  const text = readText(what, keyFile);
  if (
    !orFault(what, "is not a private key as PEM", () => certificate.checkPrivateKey(createPrivateKey(text)))
  )
    throw new CredentialFileError(`${what} does not belong to the certificate ${certFile}`);
}

/** When what we authenticate with has expired, as far as it says so itself. */
export function expiredOn({ credsFile, certFile }: NatsOptions): Date | undefined {
  const end =
    credsFile === undefined
      ? certFile === undefined
        ? undefined
        : readCertificate(`the client certificate ${certFile}`, certFile).validToDate
      : expiryOf(readCredentials(credsFile).jwt);
  return end !== undefined && end.getTime() <= Date.now() ? end : undefined;
}

/** The name that a user's JWT gives it. */
export function userOf(jwt: string): string | undefined {
  const name = claimOf(jwt, "name");
  return typeof name === "string" && name !== "" ? name : undefined;
}

function expiryOf(jwt: string): Date | undefined {
  const seconds = claimOf(jwt, "exp");
  return typeof seconds === "number" ? new Date(seconds * 1_000) : undefined;
}

function claimOf(jwt: string, claim: string): unknown {
  try {
    const claims: unknown = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());
    return typeof claims === "object" && claims !== null
      ? (claims as Readonly<Record<string, unknown>>)[claim]
      : undefined;
  } catch {
    return undefined;
  }
}

function section(text: string, title: string): string | undefined {
  return new RegExp(`-{3,}\\s*BEGIN ${title}\\s*-{3,}\\s*(\\S+)\\s*-{3,}`).exec(text)?.[1];
}

function checkedSeed(what: string, seed: string): Uint8Array {
  const bytes = new TextEncoder().encode(seed);
  orFault(what, "holds an NKey seed that is damaged", () => nkeys.fromSeed(bytes));
  return bytes;
}

function readCertificate(what: string, path: string): X509Certificate {
  const text = readText(what, path);
  return orFault(what, "is not a certificate as PEM", () => new X509Certificate(text));
}

function readText(what: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const why =
      code === "ENOENT"
        ? "does not exist"
        : code === "EACCES"
          ? "may not be read by this user"
          : `can't be read (${String(code)})`;
    throw new CredentialFileError(`${what} ${why}`, { cause });
  }
}

/** The cause is left out: a parser may quote what it read. */
function orFault<T>(what: string, fault: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new CredentialFileError(`${what} ${fault}`);
  }
}
