import {
  type Account,
  type User,
  decode,
  encodeAccount,
  encodeOperator,
  encodeUser,
  fmtCreds,
} from "@nats-io/jwt";
import { type KeyPair, createAccount, createOperator, createUser, fromSeed } from "@nats-io/nkeys";
import type { Grant } from "../grant.js";
import { type CredentialsOwner } from "./credentials.js";

/** What the account may store. −1: no limit; with a limit of the disk every stream must have one. */
export interface JetStreamLimits {
  readonly diskBytes: number;
  readonly memoryBytes: number;
  readonly streams: number;
  readonly consumers: number;
}

/** All of an authority, as texts. The seeds are secrets: who has them makes users. */
export interface AuthorityDocuments {
  readonly operatorSeed: string;
  readonly accountSeed: string;
  readonly operatorJwt: string;
  readonly systemAccountJwt: string;
  readonly accountJwt: string;
}

export interface UserOptions {
  /** Absent: everything in the account. */
  readonly grant?: Grant;
  readonly expires?: Date;
}

const noLimits: JetStreamLimits = { diskBytes: -1, memoryBytes: -1, streams: -1, consumers: -1 };

/**
 * Decentralized authentication as NATS has it: an operator, an account with JetStream, and users that the account has signed. Servers
 * know the operator and the account only, so users are added without touching them; a revocation must get to the servers.
 */
export class Authority {
  readonly #operator: KeyPair;
  readonly #account: KeyPair;
  readonly #operatorJwt: string;
  readonly #systemAccountJwt: string;
  #accountJwt: string;

  private constructor(documents: AuthorityDocuments) {
    this.#operator = fromSeed(bytes(documents.operatorSeed));
    this.#account = fromSeed(bytes(documents.accountSeed));
    this.#operatorJwt = documents.operatorJwt;
    this.#systemAccountJwt = documents.systemAccountJwt;
    this.#accountJwt = documents.accountJwt;
  }

  static async create(limits = noLimits): Promise<Authority> {
    const [operator, account, system] = [createOperator(), createAccount(), createAccount()];
    const signedBy = { signer: operator };
    return new Authority({
      operatorSeed: text(operator.getSeed()),
      accountSeed: text(account.getSeed()),
      operatorJwt: await encodeOperator("cc-ingest", operator, { system_account: system.getPublicKey() }),
      systemAccountJwt: await encodeAccount("SYS", system, {}, signedBy),
      accountJwt: await encodeAccount("CC", account, { limits: accountLimits(limits) }, signedBy),
    });
  }

  /** @throws when a document is damaged */
  static restore(documents: AuthorityDocuments): Authority {
    return new Authority(documents);
  }

  get documents(): AuthorityDocuments {
    return {
      operatorSeed: text(this.#operator.getSeed()),
      accountSeed: text(this.#account.getSeed()),
      operatorJwt: this.#operatorJwt,
      systemAccountJwt: this.#systemAccountJwt,
      accountJwt: this.#accountJwt,
    };
  }

  /** @returns whose they are, and what stands in a `.creds` file */
  async addUser(
    name: string,
    { grant, expires }: UserOptions = {},
  ): Promise<CredentialsOwner & { readonly creds: string }> {
    const user = createUser();
    const times = expires === undefined ? {} : { exp: seconds(expires) };
    const jwt = await encodeUser(
      name,
      user,
      this.#account,
      grant === undefined ? {} : permissions(grant),
      times,
    );
    return { name, publicKey: user.getPublicKey(), creds: text(fmtCreds(jwt, user)) };
  }

  /** Counts once a server has read the new `serverConfig`; it then ends the user's connections. */
  async revoke({ publicKey }: Pick<CredentialsOwner, "publicKey">): Promise<void> {
    const { limits = {}, revocations = {} } = decode<Account>(this.#accountJwt).nats;
    const claims = { limits, revocations: { ...revocations, [publicKey]: seconds(new Date()) } };
    this.#accountJwt = await encodeAccount("CC", this.#account, claims, { signer: this.#operator });
  }

  /** What a nats-server's configuration file includes, so that it admits the users and nobody else. */
  get serverConfig(): string {
    const system = decode(this.#systemAccountJwt).sub;
    return `operator: ${this.#operatorJwt}
system_account: ${system}
resolver: MEMORY
resolver_preload: {
  ${system}: ${this.#systemAccountJwt}
  ${this.#account.getPublicKey()}: ${this.#accountJwt}
}
`;
  }
}

function permissions({ publish, subscribe, answers }: Grant): Partial<User> {
  const list = (subjects: readonly string[]) =>
    subjects.length === 0 ? { deny: [">"] } : { allow: [...subjects] };
  return {
    pub: list(publish),
    sub: list(subscribe),
    // One answer, without a time limit of its own: as `allow_responses: true` in a configuration file.
    ...(answers ? { resp: { max: 1, ttl: 0 } } : {}),
  };
}

const withoutFurtherLimits = {
  conn: -1,
  leaf: -1,
  imports: -1,
  exports: -1,
  subs: -1,
  data: -1,
  payload: -1,
  wildcards: true,
};

function accountLimits({ diskBytes, memoryBytes, streams, consumers }: JetStreamLimits) {
  return {
    disk_storage: diskBytes,
    mem_storage: memoryBytes,
    // Publishers without acknowledgement are not told that the account is full.
    max_bytes_required: diskBytes !== -1,
    streams,
    consumer: consumers,
    ...withoutFurtherLimits,
  };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}

function bytes(seed: string): Uint8Array {
  return new TextEncoder().encode(seed.trim());
}

function text(seed: Uint8Array): string {
  return new TextDecoder().decode(seed);
}
