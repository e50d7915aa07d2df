import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { buildGoProgram } from "@cc-ingest/devstack/testing";

const run = promisify(execFile);

/** Of a folder: its objects as YAML. The kustomize in PATH, else that of kubectl, else one that is built with Go. */
export async function kustomize(folder: string): Promise<string> {
  const [command, ...args] = await (found ??= find());
  const { stdout } = await run(command, [...args, folder], { maxBuffer: 1 << 24 });
  return stdout;
}

type Command = readonly [string, ...string[]];
let found: Promise<Command> | undefined;

async function find(): Promise<Command> {
  if (/^\D*5\./.test(await output("kustomize", "version"))) return ["kustomize", "build"];
  // Older ones don't know components, or labels in templates.
  if (/Kustomize Version: v5\./.test(await output("kubectl", "version", "--client")))
    return ["kubectl", "kustomize"];
  const module = "sigs.k8s.io/kustomize/kustomize/v5";
  try {
    const program = { name: "kustomize", module, version: "5.8.1", imported: `${module}/commands` };
    return [await buildGoProgram(program), "build"];
  } catch (cause) {
    throw new Error("the manifests can't be rendered: put kubectl 1.27 or newer, or Go, into PATH", {
      cause,
    });
  }
}

async function output(command: string, ...args: readonly string[]): Promise<string> {
  return await run(command, args).then(
    ({ stdout }) => stdout,
    () => "",
  );
}
