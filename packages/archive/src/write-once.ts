import { randomBytes } from "node:crypto";
import { type FileHandle, link, open, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";

const UNFINISHED = ".unfinished";

/**
 * Makes a file that is there whole and for good, or not at all: written aside, flushed to the disk, then given its name. A file that
 * has the name already is never touched; `write` is not called, or what it wrote is thrown away.
 */
export async function writeOnce(
  directory: string,
  name: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const names = await readdir(directory);
  for (const each of names)
    // A process that died left it; one that still writes it, but has lost the lock, fails when it gives it its name.
    if (each.startsWith(`${name}.`) && each.endsWith(UNFINISHED)) await unlink(join(directory, each));
  if (!names.includes(name)) await writeAside(directory, name, write);
  await sync(directory);
}

async function writeAside(
  directory: string,
  name: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const aside = join(directory, `${name}.${randomBytes(6).toString("hex")}${UNFINISHED}`);
  try {
    await using file = await open(aside, "wx");
    await write(file);
    await file.sync();
    // Unlike rename, link never replaces a file.
    await link(aside, join(directory, name)).catch(unlessThere);
  } finally {
    await unlink(aside).catch(() => {});
  }
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

/** Only then does a new name outlive a power cut. */
async function sync(directory: string): Promise<void> {
  await using handle = await open(directory, "r");
  await handle.sync();
}
