import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { read } from "./workspace.js";

const ccingest = fileURLToPath(new URL("../../../apps/cli/dist/main.js", import.meta.url));

test("infra/nats/permissions.tsv is what the command line prints", async () => {
  const env = { SUBJECT_JOB_EVENT: "cc.job.event.*", SUBJECT_NODE_STATE: "cc.node.state.*" };
  const args = [ccingest, "auth", "permissions", "--producer", "fritz"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(read("infra/nats/permissions.tsv")).toBe(stdout);
});
