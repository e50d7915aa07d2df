import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  Authority,
  type AuthorityDocuments,
  type CredentialsOwner,
  ownerOf,
} from "@cc-ingest/access/authority";
import { CliError, messageOf, mistake } from "../shared/cli-error.js";
import { exitCodes } from "../shared/exit-codes.js";
import { writeWhole } from "../shared/write-whole.js";

const documents = {
  operatorSeed: "keys/operator.nk",
  accountSeed: "keys/account.nk",
  operatorJwt: "operator.jwt",
  systemAccountJwt: "system-account.jwt",
  accountJwt: "account.jwt",
} as const satisfies Record<keyof AuthorityDocuments, string>;

/** What a nats-server's configuration includes. */
const SERVER_CONFIG = "auth.conf";

/**
 * An authority as files: `keys` (secret, for whoever makes users), `creds` (a secret for each user) and `auth.conf` for the servers.
 */
export class AuthorityDirectory {
  readonly serverConfig: string;
  readonly #path: string;
  readonly #authority: Authority;

  private constructor(path: string, authority: Authority) {
    this.#path = path;
    this.serverConfig = join(path, SERVER_CONFIG);
    this.#authority = authority;
  }

  /** @throws CliError when there is one already */
  static async create(path: string, authority: Authority): Promise<AuthorityDirectory> {
    const directory = new AuthorityDirectory(path, authority);
    await attempt(`${path} can't be written`, async () => {
      await mkdir(join(path, "keys"), { recursive: true, mode: 0o700 });
      await mkdir(join(path, "creds"), { recursive: true, mode: 0o700 });
    });
    if ((await read(join(path, documents.operatorSeed))) !== undefined)
      throw mistake(`${path} holds an authority already: give another --directory, or remove it`);
    await directory.#write();
    return directory;
  }

  /** @throws CliError when there is none, or its files are damaged */
  static async open(path: string): Promise<AuthorityDirectory> {
    const found: [string, string][] = [];
    for (const [name, file] of Object.entries(documents)) {
      const place = join(path, file);
      const text = await read(place);
      if (text === undefined)
        throw mistake(
          `${place} is missing: make an authority with "ccingest auth init", or give its --directory`,
        );
      found.push([name, text.trim()]);
    }
    try {
      // Every name of the documents has its text.
      return new AuthorityDirectory(
        path,
        Authority.restore(Object.fromEntries(found) as unknown as AuthorityDocuments),
      );
    } catch (error) {
      throw mistake(`the authority in ${path} is damaged: ${messageOf(error)}`);
    }
  }

  #credentialsFile(user: string): string {
    return join(this.#path, "creds", `${user}.creds`);
  }

  /** @returns the credentials file. @throws CliError when there is one of that name */
  async addUser(user: string, options: Parameters<Authority["addUser"]>[1]): Promise<string> {
    const file = this.#credentialsFile(user);
    const { creds } = await this.#authority.addUser(user, options);
    try {
      await writeFile(file, creds, { mode: 0o600, flag: "wx" });
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EEXIST")
        throw mistake(`${file} exists: revoke the user ${user} first, or give another name`);
      throw new CliError(exitCodes.failed, `${file} can't be written: ${messageOf(error)}`);
    }
    return file;
  }

  /**
   * Refuses the user from the next reading of `auth.conf` on, and takes its credentials file away.
   *
   * @throws CliError when nobody has that name
   */
  async revoke(user: string): Promise<CredentialsOwner> {
    const file = this.#credentialsFile(user);
    const creds = await read(file);
    const owner = creds === undefined ? undefined : ownerOf(creds);
    if (owner === undefined)
      throw mistake(`${file} holds no credentials: there is no user ${user} to revoke`);
    await this.#authority.revoke(owner);
    await this.#write();
    await rm(file);
    return owner;
  }

  /** Servers and later calls see each file whole. */
  async #write(): Promise<void> {
    const texts = this.#authority.documents;
    await attempt(`${this.#path} can't be written`, async () => {
      for (const name of Object.keys(documents) as (keyof AuthorityDocuments)[])
        await writeWhole(join(this.#path, documents[name]), `${texts[name]}\n`);
      await writeWhole(this.serverConfig, this.#authority.serverConfig);
    });
  }
}

async function attempt(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new CliError(exitCodes.failed, `${what}: ${messageOf(error)}`);
  }
}

/** Undefined when there is no such file. */
async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new CliError(exitCodes.failed, `${file} can't be read: ${messageOf(error)}`);
  }
}
