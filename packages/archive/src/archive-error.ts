import { statfs } from "node:fs/promises";

/** Why a day can't be written: names the directory and the mend. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  /** Whether the setting, or what stands at its path, must be mended: waiting does not help. */
  readonly needsMending: boolean;

  constructor(message: string, needsMending: boolean, options?: ErrorOptions) {
    super(message, options);
    this.needsMending = needsMending;
  }
}

const mends: Readonly<Record<string, string>> = {
  ENOENT: "there is no such directory; create it, or mount it",
  ENOTDIR: "it is no directory",
  EACCES: "this user may not write there; give it the permission",
  EPERM: "this user may not write there, or the file system has no hard links",
  EROFS: "the file system is read-only",
  ENOTSUP: "the file system has no hard links; choose another one",
};
const full = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** What an error of the file system means for the directory. Decided here and nowhere else; any other error stays as it is. */
export async function explainFileError(cause: unknown, directory: string): Promise<unknown> {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const prefix = `the directory for node states, ${directory},`;
  const mend = mends[code];
  if (mend !== undefined) return new ArchiveError(`${prefix} can't be used: ${mend}`, true, { cause });
  if (full.has(code)) {
    const free = await freeBytes(directory).catch(() => undefined);
    const left = free === undefined ? "" : `, ${megabytes(free)} are left`;
    return new ArchiveError(`${prefix} is full (${code}${left}); make room`, false, { cause });
  }
  return cause;
}

/** @throws ArchiveError when fewer bytes than these are free */
export async function requireRoom(directory: string, bytes: number): Promise<void> {
  const free = await freeBytes(directory);
  if (free < bytes)
    throw new ArchiveError(
      `the directory for node states, ${directory}, has ${megabytes(free)} left, but the next day may need ${megabytes(bytes)}; make room`,
      false,
    );
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
