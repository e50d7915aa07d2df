import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { DevstackError, messageOf } from "../errors.js";
import type { OrdinaryUser } from "../ordinary-user.js";
import { openEntry } from "./data-directory.js";

const run = promisify(execFile);

const PASSWORD_FILE = "cc-ingest.password";
export const SUPERUSER = "postgres";

export interface ClusterOptions {
  readonly native: string;
  readonly dataDir: string;
  readonly user: OrdinaryUser | undefined;
  /** A temporary directory that `user` may enter. */
  readonly workDir: string;
  /** For one that is set up now; one that exists keeps its own. */
  readonly password: string;
  /** A cluster that does not outlive the run need not be flushed to disk. */
  readonly sync: boolean;
}

/** Sets up the data directory unless it is already; answers the superuser's password. */
export async function initCluster(options: ClusterOptions): Promise<string> {
  const { dataDir } = options;
  const found = await readFile(join(dataDir, "PG_VERSION"), "utf8").catch(() => undefined);
  if (found === undefined) {
    await create(options);
    return options.password;
  }
  const wanted = await majorVersion(options.native);
  if (found.trim() !== wanted) {
    throw new DevstackError(
      "data_directory_unusable",
      `${dataDir} was made by PostgreSQL ${found.trim()}, this is ${wanted}. Choose another directory.`,
    );
  }
  try {
    return (await readFile(join(dataDir, PASSWORD_FILE), "utf8")).trim();
  } catch (cause) {
    throw new DevstackError(
      "data_directory_unusable",
      `${dataDir} is a Postgres data directory that cc-ingest did not make or may not read. Choose another one.`,
      { cause },
    );
  }
}

/** In a folder beside it and then renamed: a run that is killed meanwhile leaves no half of a cluster. */
async function create(options: ClusterOptions): Promise<void> {
  const { dataDir, user, password } = options;
  const fresh = `${dataDir}.new`;
  try {
    await rm(fresh, { recursive: true, force: true });
    await mkdir(dirname(dataDir), { recursive: true });
    await mkdir(fresh, { mode: 0o700 });
    await giveTo(user, fresh);
    await initdb(options, fresh);
    const passwordFile = join(fresh, PASSWORD_FILE);
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    await giveTo(user, passwordFile);
    await rename(fresh, dataDir);
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true });
    throw new DevstackError(
      "data_directory_unusable",
      `The Postgres data directory ${dataDir} cannot be set up: ${messageOf(cause)}`,
      { cause },
    );
  }
}

async function initdb(options: ClusterOptions, directory: string): Promise<void> {
  const { native, user, workDir, password, sync } = options;
  const secret = join(workDir, "password");
  await writeFile(secret, `${password}\n`, { mode: 0o600 });
  await giveTo(user, secret);
  using entry = await openEntry(directory, user);
  const output: Buffer[] = [];
  const child = spawn(
    join(native, "bin", "initdb"),
    [...initdbArguments(entry.path, secret), ...(sync ? [] : ["--no-sync"])],
    {
      cwd: "/",
      env: postgresEnvironment(),
      stdio: ["ignore", "ignore", "pipe", entry.descriptor ?? "ignore"],
      ...user,
    },
  );
  child.stderr?.on("data", (chunk: Buffer) => output.push(chunk));
  const [code]: unknown[] = await once(child, "close");
  await rm(secret);
  if (code !== 0) {
    throw new Error(
      `initdb failed: ${Buffer.concat(output)
        .toString("utf8")
        .trim()
        .replaceAll(/\s*\n\s*/g, "; ")}`,
    );
  }
}

async function giveTo(user: OrdinaryUser | undefined, path: string): Promise<void> {
  if (user !== undefined) {
    await chown(path, user.uid, user.gid);
  }
}

/** Without this process's PG… variables and locale. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" };
}

function initdbArguments(dataDir: string, secret: string): string[] {
  return [
    `--pgdata=${dataDir}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${secret}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
  ];
}

async function majorVersion(native: string): Promise<string> {
  const { stdout } = await run(join(native, "bin", "postgres"), ["--version"]);
  return /(\d+)/.exec(stdout)?.[1] ?? "";
}
