import { closeSync, constants, openSync } from "node:fs";
import { dirname } from "node:path";
import { DevstackError } from "../errors.js";
import type { OrdinaryUser } from "../ordinary-user.js";
import { closedDirectory } from "../work-directory.js";

/** How a Postgres process gets to its directory. */
export interface Entry extends Disposable {
  readonly path: string;
  /** What `path` refers to, to be handed to the process as file descriptor 3. */
  readonly descriptor: number | undefined;
}

/**
 * The directory's own path; or, when root starts Postgres for an ordinary user who may not enter a directory above it
 * (below /root, say), the same directory through a descriptor that root opens and the process inherits.
 */
export async function openEntry(directory: string, user: OrdinaryUser | undefined): Promise<Entry> {
  const parent = dirname(directory);
  const closed = user === undefined ? undefined : await closedDirectory(parent, user);
  if (closed === undefined) {
    return { path: directory, descriptor: undefined, [Symbol.dispose]: () => {} };
  }
  if (process.platform !== "linux") {
    throw new DevstackError(
      "data_directory_unusable",
      `Postgres cannot run as root, and the ordinary user it runs as may not enter ${closed}, where ${directory} is. ` +
        `Choose a data directory outside it, or run as an ordinary user.`,
    );
  }
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: "/proc/self/fd/3", descriptor, [Symbol.dispose]: () => closeSync(descriptor) };
}
