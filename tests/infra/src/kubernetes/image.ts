import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { read, root } from "../workspace.js";

/** Images as folders: what each app's would hold, beside the Node that all of them have. */
export interface Images {
  readonly node: string;
  readonly folder: (app: string) => string;
  /** The images' user, where this process may become another one. */
  readonly uid: number | undefined;
}

const USER = 65_532;

/** By the steps of the Dockerfile, in an empty folder that its user may read and nothing more. */
export async function makeImages(directory: string, apps: readonly string[]): Promise<Images> {
  await chmod(directory, 0o755);
  const node = join(directory, "node");
  const folder = (app: string): string => join(directory, "images", app);
  await mkdir(join(directory, "images"));
  await copyFile(process.execPath, node);
  await chmod(node, 0o755);
  await Promise.all(apps.map((app) => deploy(app, folder(app))));
  return { node, folder, uid: process.getuid?.() === 0 ? USER : undefined };
}

/** Of what is built already: other tests are running it. */
async function deploy(app: string, target: string): Promise<void> {
  const command = [join(root, "infra/toolchain/run.mjs"), "deploy", "--built", app, target];
  await promisify(execFile)(process.execPath, command, { cwd: root });
  await promisify(execFile)("chmod", ["--recursive", "u=rwX,go=rX", target]);
}

/** What the last stage of the Dockerfile says, by instruction. */
export function imageInstructions(): { readonly name: string; readonly text: string }[] {
  const [, stage = ""] = read("infra/docker/Dockerfile").split("FROM ${BASE_IMAGE}\n");
  return stage
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, name = "", text = ""] = /^(\w+) (.*)$/.exec(line) ?? [];
      return { name, text };
    });
}

/** The command of its health check. */
export function healthCheck(): readonly string[] {
  const text = imageInstructions().find(({ name }) => name === "HEALTHCHECK")?.text ?? "";
  return JSON.parse(text.slice(text.indexOf("["))) as string[];
}
