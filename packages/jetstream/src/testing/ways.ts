import { isAtLeast } from "@cc-ingest/access";
import { Authority } from "@cc-ingest/access/authority";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CertificateAuthority } from "@cc-ingest/devstack/testing";
import { nkeys } from "@nats-io/transport-node";
import type { NatsOptions } from "../connect/nats-options.js";

type Credentials = Omit<NatsOptions, "servers" | "name">;

/** One way to authenticate, with a server's configuration for exactly it. */
export interface Way {
  readonly serverConfig: string;
  /** The same after what is `right` has been withdrawn. */
  readonly withdrawnConfig: string;
  readonly right: Credentials;
  /** What must be refused, and what the message says beside the address. */
  readonly refused: Readonly<Record<string, { readonly given: Credentials; readonly says: string }>>;
  /** Must stand in no message. */
  readonly secrets: readonly string[];
}

export type MakeWay = (directory: string) => Promise<Way>;

const HOUR_MS = 3_600_000;
const nobody = { says: "refuses a connection without credentials", given: {} };

const authorization = (content: string): string => `authorization { ${content} }`;

async function userAndPassword(): Promise<Way> {
  const says = "refuses the user name and password (authorization violation)";
  return {
    serverConfig: authorization("user: cc, password: correct-horse"),
    withdrawnConfig: authorization("user: cc, password: another-horse"),
    right: { username: "cc", password: "correct-horse" },
    refused: {
      "wrong password": { given: { username: "cc", password: "wrong-horse" }, says },
      "wrong user": { given: { username: "somebody", password: "correct-horse" }, says },
      nothing: nobody,
    },
    secrets: ["correct-horse", "wrong-horse"],
  };
}

async function token(): Promise<Way> {
  return {
    serverConfig: authorization("token: right-token"),
    withdrawnConfig: authorization("token: another-token"),
    right: { token: "right-token" },
    refused: {
      "wrong token": { given: { token: "wrong-token" }, says: "refuses the token (authorization violation)" },
      nothing: nobody,
    },
    secrets: ["right-token", "wrong-token"],
  };
}

async function nkeySeedFile(directory: string): Promise<Way> {
  const [right, wrong, another] = [nkeys.createUser(), nkeys.createUser(), nkeys.createUser()];
  const seeds = [right, wrong].map((key) => new TextDecoder().decode(key.getSeed()));
  const file = writer(directory);
  const rightFile = await file("right.nk", `${seeds[0]}\n`);
  const wrongFile = await file("wrong.nk", `${seeds[1]}\n`);
  const garbled = await file("garbled.nk", `${String(seeds[0]).slice(0, -2)}AA\n`);
  return {
    serverConfig: authorization(`users: [{ nkey: ${right.getPublicKey()} }]`),
    withdrawnConfig: authorization(`users: [{ nkey: ${another.getPublicKey()} }]`),
    right: { nkeySeedFile: rightFile },
    refused: {
      "wrong key": { given: { nkeySeedFile: wrongFile }, says: `refuses the NKey seed file ${wrongFile}` },
      "garbled file": {
        given: { nkeySeedFile: garbled },
        says: `the NKey seed file ${garbled} holds an NKey seed that is damaged`,
      },
      "missing file": {
        given: { nkeySeedFile: `${garbled}.none` },
        says: `the NKey seed file ${garbled}.none does not exist`,
      },
      nothing: nobody,
    },
    secrets: seeds,
  };
}

async function credentialsFile(directory: string): Promise<Way> {
  const authority = await Authority.create();
  const expiry = new Date(Date.now() - HOUR_MS);
  expiry.setMilliseconds(0);
  const right = await authority.addUser("right");
  const expired = await authority.addUser("expired", { expires: expiry });
  const foreign = await (await Authority.create()).addUser("foreign");
  const revoked = await authority.addUser("revoked");
  await authority.revoke(revoked);
  const serverConfig = authority.serverConfig;
  await authority.revoke(right);
  const file = writer(directory);
  const [rightFile, expiredFile, foreignFile, revokedFile, halfFile] = await Promise.all([
    file("right.creds", right.creds),
    file("expired.creds", expired.creds),
    file("foreign.creds", foreign.creds),
    file("revoked.creds", revoked.creds),
    file("half.creds", right.creds.slice(0, right.creds.indexOf("USER NKEY SEED"))),
  ]);
  const violation = "(authorization violation): wrong, expired or revoked, the broker's log tells which";
  return {
    serverConfig,
    withdrawnConfig: authority.serverConfig,
    right: { credsFile: rightFile },
    refused: {
      "of another operator": {
        given: { credsFile: foreignFile },
        says: `refuses the credentials file ${foreignFile} ${violation}`,
      },
      expired: {
        given: { credsFile: expiredFile },
        says: `refuses the credentials file ${expiredFile} (authorization violation): expired on ${expiry.toISOString()}`,
      },
      revoked: {
        given: { credsFile: revokedFile },
        says: `refuses the credentials file ${revokedFile} ${violation}`,
      },
      "half a file": {
        given: { credsFile: halfFile },
        says: `the credentials file ${halfFile} does not hold a user's JWT and NKey seed`,
      },
      "a missing file": {
        given: { credsFile: `${halfFile}.none` },
        says: `the credentials file ${halfFile}.none does not exist`,
      },
      nothing: nobody,
    },
    secrets: [right, expired, foreign, revoked].flatMap(({ creds }) =>
      creds.split("\n").filter((line) => /^(SU|eyJ)/.test(line)),
    ),
  };
}

async function clientCertificate(directory: string): Promise<Way> {
  const [authority, another] = await Promise.all([
    CertificateAuthority.create(),
    CertificateAuthority.create(),
  ]);
  const file = writer(directory);
  const caFile = await file("ca.pem", authority.cert);
  const anotherCa = await file("another-ca.pem", another.cert);
  const keys: string[] = [];
  const issue = async (by: CertificateAuthority, name: string, validity?: "expired") => {
    const { cert, key } = await by.issue(name, validity);
    keys.push(...key.split("\n").filter((line) => line.length > 30));
    return { certFile: await file(`${name}.pem`, cert), keyFile: await file(`${name}.key`, key) };
  };
  const server = await issue(authority, "server");
  const right = await issue(authority, "right");
  const expired = await issue(authority, "expired", "expired");
  const foreign = await issue(another, "foreign");
  const serverConfig = (trusted: string) =>
    `${authorization("")}
tls { cert_file: "${server.certFile}", key_file: "${server.keyFile}", ca_file: "${trusted}", verify: true }`;
  return {
    serverConfig: serverConfig(caFile),
    withdrawnConfig: serverConfig(anotherCa),
    right: { caFile, ...right },
    refused: {
      "of another authority": {
        given: { caFile, ...foreign },
        says: `refuses the client certificate ${foreign.certFile}: `,
      },
      expired: {
        given: { caFile, ...expired },
        says: `refuses the client certificate ${expired.certFile}: expired on 20`,
      },
      "no certificate": { given: { caFile }, says: "asks for a client certificate: give nats.tls.cert-file" },
      "a server we don't trust": {
        given: { ...right, caFile: anotherCa },
        says: `is not trusted: certificate signature failure; check the CA file ${anotherCa}`,
      },
      "a server the system's authorities don't know": {
        given: { tls: true },
        says: "check nats.tls.ca-file",
      },
      "another's key": {
        given: { caFile, ...right, keyFile: foreign.keyFile },
        says: `the private key ${foreign.keyFile} does not belong to the certificate ${right.certFile}`,
      },
      "a certificate that is none": {
        given: { caFile, ...right, certFile: right.keyFile },
        says: `the client certificate ${right.keyFile} is not a certificate as PEM`,
      },
      "an authority that is none": {
        given: { ...right, caFile: right.keyFile },
        says: `the CA file ${right.keyFile} is not a certificate as PEM`,
      },
    },
    secrets: keys,
  };
}

/** The certificate's name is the user: no further credentials. */
async function mappedCertificate(directory: string): Promise<Way> {
  const authority = await CertificateAuthority.create();
  const file = writer(directory);
  const caFile = await file("mapped-ca.pem", authority.cert);
  const issue = async (name: string) => {
    const { cert, key } = await authority.issue(name);
    return { certFile: await file(`${name}.pem`, cert), keyFile: await file(`${name}.key`, key) };
  };
  const [server, right, stranger] = [await issue("server"), await issue("service"), await issue("stranger")];
  const serverConfig = (user: string) =>
    `${authorization(`users: [{ user: "CN=${user}" }]`)}
tls { cert_file: "${server.certFile}", key_file: "${server.keyFile}", ca_file: "${caFile}", verify_and_map: true }`;
  return {
    serverConfig: serverConfig("service"),
    withdrawnConfig: serverConfig("another"),
    right: { caFile, ...right },
    refused: {
      stranger: {
        given: { caFile, ...stranger },
        says: `refuses the client certificate ${stranger.certFile} (authorization violation)`,
      },
      "no certificate": { given: { caFile }, says: "asks for a client certificate" },
    },
    secrets: ["PRIVATE KEY"],
  };
}

/** Nothing of the connection is in the clear, not even what the server says first. */
async function tlsFirst(directory: string): Promise<Way> {
  const authority = await CertificateAuthority.create();
  const file = writer(directory);
  const caFile = await file("first-ca.pem", authority.cert);
  const { cert, key } = await authority.issue("server");
  const certFile = await file("first.pem", cert);
  const keyFile = await file("first.key", key);
  const serverConfig = (password: string) =>
    `${authorization(`user: cc, password: ${password}`)}
tls { cert_file: "${certFile}", key_file: "${keyFile}", handshake_first: true }`;
  const right = { username: "cc", password: "first-horse", caFile, handshakeFirst: true };
  return {
    serverConfig: serverConfig("first-horse"),
    withdrawnConfig: serverConfig("another-horse"),
    right,
    refused: {
      "wrong password": {
        given: { ...right, password: "wrong-horse" },
        says: "refuses the user name and password (authorization violation)",
      },
      "another authority": {
        given: { ...right, caFile: certFile },
        says: "is not trusted: unable to verify the first certificate",
      },
    },
    secrets: ["first-horse", "wrong-horse"],
  };
}

function writer(directory: string): (name: string, text: string) => Promise<string> {
  return async (name, text) => {
    const path = join(directory, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
}

/** Those that a server of that version knows. */
export function waysOf(version: string): [name: string, make: MakeWay][] {
  return Object.entries(ways).filter(([, make]) => make !== tlsFirst || isAtLeast(version, "2.10.4"));
}

const ways: Readonly<Record<string, MakeWay>> = {
  "user and password": userAndPassword,
  token,
  "NKey seed file": nkeySeedFile,
  "credentials file": credentialsFile,
  "client certificate": clientCertificate,
  "client certificate as user": mappedCertificate,
  "TLS before the first word": tlsFirst,
};
