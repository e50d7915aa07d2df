import { chmod, mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { useTempDirectory } from "./vitest/temp-directory.js";
import { closedDirectory, makeWorkDirectory } from "./work-directory.js";

const directory = useTempDirectory();

it("names the first directory on the way that an ordinary user may not enter", async () => {
  await chmod(directory(), 0o755);
  const closed = join(directory(), "closed");
  const inside = join(closed, "a", "b");
  await mkdir(inside, { recursive: true });
  expect(await closedDirectory(inside)).toBeUndefined();
  await chmod(closed, 0o700);
  expect(await closedDirectory(inside)).toBe(closed);
  expect(await closedDirectory(inside, { uid: process.getuid?.() ?? 0, gid: 0 })).toBeUndefined();
});

it("makes work directories where an ordinary user can get to", async () => {
  const made = await makeWorkDirectory("test");
  expect(await closedDirectory(join(made, ".."))).toBeUndefined();
  await rmdir(made);
});
