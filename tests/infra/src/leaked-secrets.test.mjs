import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findLeakedSecrets } from "../../../infra/toolchain/leaked-secrets.mjs";

let directory;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cc-ingest-outputs-"));
});
afterEach(() => rm(directory, { recursive: true }));

const record = (name, secrets, output) =>
  writeFile(join(directory, `${name}.json`), JSON.stringify({ name, secrets, output }));

it("finds a process that puts out another one's secret, and a test runner that does, and repeats neither", async () => {
  await record("a", ["correct-horse"], "all is well");
  await record("b", [], "one line\nconnecting to nats://u:correct-horse@h\n");
  const { outputs, secrets, leaks } = await findLeakedSecrets(
    directory,
    new Map([["log", "✓ correct-horse"]]),
  );
  expect([outputs, secrets, leaks.length]).toEqual([3, 1, 2]);
  expect(leaks[0]).toBe("b puts out a secret: …connecting to nats://u:***@h…");
  expect(leaks.join()).not.toContain("correct-horse");
});

it("finds nothing where there is nothing", async () => {
  await record("a", ["correct-horse"], "all is well");
  expect(await findLeakedSecrets(directory, new Map())).toMatchObject({ secrets: 1, leaks: [] });
});
