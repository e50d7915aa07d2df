import { encodeAccount, encodeOperator, encodeUser, fmtCreds } from "@nats-io/jwt";
import { type KeyPair, createAccount, createOperator, createUser } from "@nats-io/nkeys";

export interface JwtUser {
  readonly publicKey: string;
  /** What stands in a `.creds` file. */
  readonly creds: string;
}

const unlimited = {
  mem_storage: -1,
  disk_storage: -1,
  streams: -1,
  consumer: -1,
  conn: -1,
  leaf: -1,
  imports: -1,
  exports: -1,
  subs: -1,
  data: -1,
  payload: -1,
  wildcards: true,
};

/** An operator with one account that has JetStream, and the server's configuration for it. */
export class JwtAuthority {
  readonly #operator: KeyPair = createOperator();
  readonly #account: KeyPair = createAccount();
  readonly #system: string;
  readonly #revoked = new Map<string, number>();
  // A running server takes over an account that changed, but not an operator.
  readonly #fixed: Promise<{ readonly operator: string; readonly system: string }>;

  constructor() {
    const system = createAccount();
    this.#system = system.getPublicKey();
    this.#fixed = this.#encodeFixed(system);
  }

  async addUser(name: string, expires?: Date): Promise<JwtUser> {
    const user = createUser();
    const times = expires === undefined ? {} : { exp: seconds(expires) };
    const jwt = await encodeUser(name, user, this.#account, {}, times);
    return { publicKey: user.getPublicKey(), creds: new TextDecoder().decode(fmtCreds(jwt, user)) };
  }

  /** Takes effect with the next `serverConfig`. */
  revoke({ publicKey }: JwtUser): void {
    this.#revoked.set(publicKey, seconds(new Date()));
  }

  async serverConfig(): Promise<string> {
    const { operator, system } = await this.#fixed;
    const claims = { limits: unlimited, revocations: Object.fromEntries(this.#revoked) };
    const account = await encodeAccount("CC", this.#account, claims, { signer: this.#operator });
    return `authorization {}
no_auth_user: ""
operator: ${operator}
system_account: ${this.#system}
resolver: MEMORY
resolver_preload: { ${this.#system}: ${system}, ${this.#account.getPublicKey()}: ${account} }`;
  }

  async #encodeFixed(system: KeyPair): Promise<{ operator: string; system: string }> {
    return {
      operator: await encodeOperator("test", this.#operator, { system_account: this.#system }),
      system: await encodeAccount("SYS", system, {}, { signer: this.#operator }),
    };
  }
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}
