import { join } from "node:path";
import { runQuietly } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { Failure, say } from "./output.mjs";
import { ROOT } from "./tools.mjs";

/** Installs exactly what pnpm-lock.yaml names, then runs `build`, with no other process doing so in this checkout. */
export function prepareWorkspace(tools, build) {
  return withLock(join(ROOT, ".cc-ingest", "prepare.lock"), async () => {
    const { ok, output } = await runQuietly(
      "Installing packages",
      "pnpm",
      ["install", "--frozen-lockfile", "--reporter=append-only"],
      { cwd: ROOT, env: tools.env },
    );
    if (!ok) {
      say(output);
      throw new Failure("The packages cannot be installed; pnpm's reason stands above.");
    }
    return build();
  });
}

export function turboCommand() {
  return join(ROOT, "node_modules", ".bin", "turbo");
}
