import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findInPath } from "../find-in-path.js";

const run = promisify(execFile);

/** Unpacks a Debian package's files into `directory`: by dpkg-deb, and where there is none by tar. */
export async function unpackDeb(file: string, directory: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(directory, { recursive: true });
  const dpkgDeb = await findInPath("dpkg-deb", env);
  if (dpkgDeb !== undefined) {
    await run(dpkgDeb, ["-x", file, directory], { env });
    return;
  }
  const data = dataMember(await readFile(file));
  const archive = join(directory, data.name);
  await writeFile(archive, data.bytes);
  await run("tar", ["-xf", archive, "-C", directory], { env });
  await rm(archive);
}

const MAGIC = "!<arch>\n";
const HEADER_BYTES = 60;
const NAME_BYTES = 16;
const SIZE_START = 48;
const SIZE_END = 58;

/** The member `data.tar.*` of an ar archive: 60-byte headers in ASCII, contents padded to even length. */
function dataMember(archive: Buffer): { readonly name: string; readonly bytes: Buffer } {
  if (archive.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw new Error("not a Debian package");
  }
  let position = MAGIC.length;
  while (position + HEADER_BYTES <= archive.length) {
    const name = archive
      .toString("latin1", position, position + NAME_BYTES)
      .trim()
      .replace(/\/$/, "");
    const size = Number(archive.toString("latin1", position + SIZE_START, position + SIZE_END));
    const start = position + HEADER_BYTES;
    if (/^data\.tar(\.\w+)?$/.test(name)) {
      return { name, bytes: archive.subarray(start, start + size) };
    }
    position = start + size + (size % 2);
  }
  throw new Error("the Debian package holds no data.tar");
}
