import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePackage } from "./ensure-package.mjs";
import { Failure } from "./output.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, "..", "..");
const WANTED_NODE = 24;

/**
 * Node 24 (this one when it is new enough) and pnpm, pinned by the lock file beside this, in the user's cache.
 * Answers the Node to run and an environment whose PATH begins with both.
 */
export async function prepareTools() {
  const target = `${process.platform}-${process.arch}`;
  const lock = JSON.parse(await readFile(join(HERE, "package-lock.json"), "utf8"));
  const nodeBin =
    Number.parseInt(process.versions.node, 10) >= WANTED_NODE
      ? dirname(process.execPath)
      : dirname(await tool(lock, "Node", `node-${target}`, join("bin", "node")));
  const pnpmBin = dirname(await tool(lock, "pnpm", `@pnpm/exe.${target}`, "pnpm"));
  return { node: join(nodeBin, "node"), env: toolsEnvironment([nodeBin, pnpmBin]) };
}

async function tool(lock, label, name, program) {
  const pin = lock.packages[`node_modules/${name}`];
  if (pin === undefined) {
    const target = `${process.platform}-${process.arch}`;
    throw new Failure(
      `npm start and npm test run on Linux (x64, arm64); there is no pinned ${label} for ${target}.`,
    );
  }
  const { version, integrity } = pin;
  const hash = createHash("sha256").update(`${name} ${version} ${integrity}`).digest("hex");
  const directory = join(cacheDirectory(), `${label.toLowerCase()}-${version}-${hash.slice(0, 8)}`);
  const env = toolsEnvironment([]);
  await ensurePackage({ label: `${label} ${version}`, name, version, integrity, program, directory, env });
  return join(directory, "node_modules", name, program);
}

function cacheDirectory() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "cc-ingest");
}

/** npm's variables about this very script would be taken by the package managers below it for the user's settings. */
function toolsEnvironment(directories) {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_(package|lifecycle|command|execpath|node_execpath)|^npm_config_(local_)?prefix$/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: [...directories, process.env.PATH].join(delimiter),
    NODE_USE_ENV_PROXY: "1",
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
    DO_NOT_TRACK: "1",
  };
}
