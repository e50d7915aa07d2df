import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { buildGoProgram } from "@cc-ingest/devstack/testing";

/** The one in PATH, or in this project's cache, or built with Go; undefined where there is no Go or no module proxy. */
export async function findNsc(): Promise<string | undefined> {
  const module = "github.com/nats-io/nsc/v2";
  try {
    await promisify(execFile)("nsc", ["--version"]);
    return "nsc";
  } catch {
    const nsc = { name: "nsc", module, version: "2.12.2", imported: `${module}/cmd` };
    return await buildGoProgram(nsc).catch(() => undefined);
  }
}
