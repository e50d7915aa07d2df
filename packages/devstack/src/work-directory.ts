import { accessSync, constants, type Stats } from "node:fs";
import { mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A new directory for one server's files, in a place that an ordinary user can reach too. */
export async function makeWorkDirectory(name: string): Promise<string> {
  for (const place of [tmpdir(), "/tmp", "/var/tmp"]) {
    if (isWritable(place) && (await closedDirectory(place)) === undefined) {
      return mkdtemp(join(place, `cc-ingest-${name}-`));
    }
  }
  return mkdtemp(join(tmpdir(), `cc-ingest-${name}-`));
}

/** The first directory on the way to `path` (itself included) that `user` (absent: anybody) may not enter. */
export async function closedDirectory(
  path: string,
  user?: { readonly uid: number; readonly gid: number },
): Promise<string | undefined> {
  const parent = dirname(path);
  const above = parent === path ? undefined : await closedDirectory(parent, user);
  if (above !== undefined) {
    return above;
  }
  return (enterBits(await stat(path), user) & 0o111) === 0 ? path : undefined;
}

function enterBits({ mode, uid, gid }: Stats, user?: { readonly uid: number; readonly gid: number }): number {
  if (user?.uid === uid) {
    return mode & 0o100;
  }
  return user?.gid === gid ? mode & 0o010 : mode & 0o001;
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
