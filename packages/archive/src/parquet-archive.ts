import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { DayArchive, RetiredDay } from "@cc-ingest/database";
import { explainFileError, requireRoom } from "./archive-error.js";
import { writeParquet } from "./parquet-file.js";
import { withSmallHeap } from "./small-heap.js";
import { writeOnce } from "./write-once.js";

/** A day takes a tenth of its table or less; with this part free of its size there is room to spare. */
const ROOM = 0.25;

/** What the settings of the retention say: undefined when old days are deleted. */
export function archiveOf(retention: {
  readonly policy: "drop" | "move";
  readonly path: string | undefined;
}): DayArchive | undefined {
  const { policy, path } = retention;
  if (policy === "drop") return undefined;
  if (path === undefined) throw new Error("a checked configuration names the directory for the policy move");
  return parquetArchive(path);
}

/**
 * Keeps each day as `<directory>/node_state-<day>-<tag>.parquet`. The tag comes from the day's table, so the name alone tells whether
 * that table is written already. What goes wrong with the directory rejects with an `ArchiveError`.
 */
export function parquetArchive(directory: string): DayArchive {
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw await explainFileError(error, directory);
    }
  };
  return {
    prepare: (tableBytes) =>
      explained(async () => {
        // The dot: a file in its place is an error too.
        await access(`${directory}/.`, constants.W_OK | constants.X_OK);
        await requireRoom(directory, tableBytes * ROOM);
      }),
    write: (day, rows) =>
      explained(async () => {
        const name = fileName(day);
        await withSmallHeap(() => writeOnce(directory, name, (file) => writeParquet(file, rows)));
        return { file: join(directory, name) };
      }),
  };
}

function fileName({ day, tag }: RetiredDay): string {
  return `node_state-${day}-${tag}.parquet`;
}
