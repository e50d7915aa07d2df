import { mkdir, readFile, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { useTempDirectory } from "../vitest/temp-directory.js";
import { copyBinaries, makeLinks } from "./binaries.js";

const directory = useTempDirectory();

async function makePackage(): Promise<string> {
  const native = join(directory(), "package", "native");
  await mkdir(join(native, "lib"), { recursive: true });
  await writeFile(join(native, "lib", "libx.so.1.2"), "library");
  await writeFile(join(native, "lib", "libx.a"), "for compilers");
  const links = [{ source: "native/lib/libx.so.1.2", target: "native/lib/libx.so.1" }];
  await writeFile(join(native, "pg-symlinks.json"), JSON.stringify(links));
  return native;
}

it("makes the links that the package lists, and makes them again without harm", async () => {
  const native = await makePackage();
  await makeLinks(native);
  await makeLinks(native);
  expect(await readlink(join(native, "lib", "libx.so.1"))).toBe("libx.so.1.2");
  expect(await readFile(join(native, "lib", "libx.so.1"), "utf8")).toBe("library");
});

it("copies what a server needs, with its links", async () => {
  const copy = join(directory(), "copy");
  await copyBinaries(join(directory(), "package", "native"), copy);
  expect(await readlink(join(copy, "lib", "libx.so.1"))).toBe("libx.so.1.2");
  await expect(readFile(join(copy, "lib", "libx.a"))).rejects.toThrow("ENOENT");
});
