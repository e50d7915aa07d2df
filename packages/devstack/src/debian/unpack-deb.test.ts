import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { findInPath } from "../find-in-path.js";
import { useTempDirectory } from "../vitest/temp-directory.js";
import { unpackDeb } from "./unpack-deb.js";

const run = promisify(execFile);
const directory = useTempDirectory();

function member(name: string, bytes: Buffer): Buffer {
  const header = `${name.padEnd(16)}${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"100644".padEnd(8)}`;
  return Buffer.concat([
    Buffer.from(`${header}${String(bytes.length).padEnd(10)}\`\n`, "latin1"),
    bytes,
    Buffer.alloc(bytes.length % 2, "\n"),
  ]);
}

async function makeDeb(): Promise<string> {
  const content = join(directory(), "content", "usr", "sbin");
  await mkdir(content, { recursive: true });
  await writeFile(join(content, "program"), "hello");
  await run("tar", ["-czf", "data.tar.gz", "-C", "content", "./usr"], { cwd: directory() });
  const data = await readFile(join(directory(), "data.tar.gz"));
  const file = join(directory(), "package.deb");
  const control = member("control.tar.gz", Buffer.from("odd"));
  const parts = [Buffer.from("!<arch>\n"), member("debian-binary", Buffer.from("2.0\n")), control];
  await writeFile(file, Buffer.concat([...parts, member("data.tar.gz", data)]));
  return file;
}

it("unpacks a package on a system without dpkg", async () => {
  const file = await makeDeb();
  const bin = join(directory(), "bin");
  await mkdir(bin);
  for (const name of ["tar", "gzip"]) {
    await symlink((await findInPath(name, process.env)) ?? "", join(bin, name));
  }
  const target = join(directory(), "target");
  await unpackDeb(file, target, { PATH: bin });
  expect(await readFile(join(target, "usr", "sbin", "program"), "utf8")).toBe("hello");
});

it("refuses what is no package", async () => {
  const file = join(directory(), "text");
  await writeFile(file, "hello");
  await expect(unpackDeb(file, join(directory(), "nothing"), { PATH: "" })).rejects.toThrow(
    "not a Debian package",
  );
});
