import { type User, decode } from "@nats-io/jwt";

export interface CredentialsOwner {
  readonly name: string;
  readonly publicKey: string;
}

/** Whose credentials a `.creds` file holds; undefined when it holds none. */
export function ownerOf(creds: string): CredentialsOwner | undefined {
  const jwt = /BEGIN NATS USER JWT-+\s*(\S+)/.exec(creds)?.[1];
  if (jwt === undefined) return undefined;
  try {
    const { name, sub } = decode<User>(jwt);
    return { name, publicKey: sub };
  } catch {
    return undefined;
  }
}
