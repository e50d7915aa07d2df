import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DayArchive, type RetiredReport, dropOldDays } from "@cc-ingest/database";
import { beforeEach, describe, expect, test } from "vitest";
import { ArchiveError } from "./archive-error.js";
import { parquetArchive } from "./parquet-archive.js";
import { useDirectory } from "./testing/directory.js";
import { OLD, columns, countDayTables, fill, storedReports, useNodeStates } from "./testing/old-days.js";
import { askDuckDb } from "./testing/read-parquet.js";

const database = useNodeStates();
const directory = useDirectory();
const DAY = 86_400;

const move = (archive: DayArchive = parquetArchive(directory())) =>
  dropOldDays(database(), { days: 1, archive });
const read = () =>
  askDuckDb(`SELECT ${columns} FROM read_parquet('${directory()}/*.parquet') ORDER BY node_id, time_stamp`);

/** Whatever a failed test has left. */
beforeEach(() => dropOldDays(database(), { days: 1 }));

describe("a day that is moved", () => {
  test("reads back as it was, every row and value, with the types of the table", async () => {
    await fill(database(), OLD, 600, 100);
    const before = await storedReports(database());
    expect(before).toHaveLength(60_000);
    await move();
    expect(await countDayTables(database())).toBe(0);
    const files = await readdir(directory());
    expect(files).toEqual([expect.stringMatching(/^node_state-2020-01-01-[0-9a-f]{12}\.parquet$/)]);
    expect(await read()).toEqual(before);
    const groups = await askDuckDb(
      `SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata('${directory()}/*.parquet')`,
    );
    expect(groups.length).toBeGreaterThan(1);
    const types = await askDuckDb(
      `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '${directory()}/*.parquet')`,
    );
    expect(types.map((row) => row.join(" "))).toEqual([
      "cluster VARCHAR",
      "hostname VARCHAR",
      "subcluster VARCHAR",
      "node_id INTEGER",
      "time_stamp BIGINT",
      "time_ns INTEGER",
      "node_state VARCHAR",
      "states VARCHAR[]",
      "jobs_running INTEGER",
      "cpus_allocated INTEGER",
      "memory_allocated BIGINT",
      "gpus_allocated INTEGER",
      "health_state VARCHAR",
      "health_metrics VARCHAR",
    ]);
  });

  test("gets another file for what came late, and the first one stays as it is", async () => {
    await fill(database(), OLD, 3, 2);
    const early = await storedReports(database());
    await move();
    const [first = ""] = await readdir(directory());
    const bytes = await readFile(join(directory(), first));
    await fill(database(), OLD + 7200, 3, 2);
    const late = await storedReports(database());
    await move();
    expect(await readdir(directory())).toHaveLength(2);
    expect(await readFile(join(directory(), first))).toEqual(bytes);
    expect(await read()).toHaveLength(early.length + late.length);
    expect(await read()).toEqual(expect.arrayContaining([...early, ...late]));
  });
});

describe("a process that dies is followed by one that loses and doubles nothing", () => {
  const dies = new Error("the process dies");

  /** What `archive` makes of the real one dies; the run after it does not. All that was stored, and all that was moved. */
  async function diesOnce(archive: (real: DayArchive) => DayArchive["write"]) {
    await fill(database(), OLD, 600, 40);
    await fill(database(), OLD + DAY, 3, 2);
    const before = await storedReports(database());
    const real = parquetArchive(directory());
    await expect(move({ ...real, write: archive(real) })).rejects.toThrow(dies);
    expect(await countDayTables(database())).toBe(2);
    await move();
    expect(await countDayTables(database())).toBe(0);
    expect(await readdir(directory())).toEqual([
      expect.stringMatching(/^node_state-2020-01-01-[0-9a-f]{12}\.parquet$/),
      expect.stringMatching(/^node_state-2020-01-02-[0-9a-f]{12}\.parquet$/),
    ]);
    return { before, after: await read() };
  }

  test("when the day has left node_state", async () => {
    const { before, after } = await diesOnce(() => () => Promise.reject(dies));
    expect(after).toEqual(before);
  });

  test("in the middle of the file, which stays unfinished", async () => {
    const { before, after } = await diesOnce((real) => async (day, rows) => {
      async function* firstPart(): AsyncGenerator<readonly RetiredReport[]> {
        for await (const part of rows) {
          yield part;
          const [unfinished = ""] = await readdir(directory());
          expect(unfinished).toMatch(/^node_state-2020-01-01-.*\.unfinished$/);
          // A killed process can't take it away.
          await writeFile(join(directory(), unfinished.replace(/\.[0-9a-f]+\./, ".00.")), "PAR1");
          throw dies;
        }
      }
      return await real.write(day, firstPart());
    });
    expect(after).toEqual(before);
  });

  test("when the file has its name and the day is not dropped", async () => {
    const { before, after } = await diesOnce((real) => async (day, rows) => {
      await real.write(day, rows);
      throw dies;
    });
    expect(after).toEqual(before);
  });
});

describe("a directory that can't be used is named, and nothing is dropped", () => {
  /** Why days can't move there. */
  const refusal = async (path: string): Promise<unknown> => {
    await fill(database(), OLD, 3, 2);
    const before = await storedReports(database());
    const error: unknown = await move(parquetArchive(path)).catch((reason: unknown) => reason);
    expect(await storedReports(database())).toEqual(before);
    expect(error).toBeInstanceOf(ArchiveError);
    return error instanceof ArchiveError ? error.message.replace(path, "PATH") : undefined;
  };

  test("one that is not there, until it is", async () => {
    const path = join(directory(), "later");
    expect(await refusal(path)).toBe(
      "the directory for node states, PATH, can't be used: there is no such directory; create it, or mount it",
    );
    await mkdir(path);
    await move(parquetArchive(path));
    expect(await readdir(path)).toHaveLength(1);
  });

  test("a file", async () => {
    const path = join(directory(), "file");
    await writeFile(path, "");
    expect(await refusal(path)).toBe(
      "the directory for node states, PATH, can't be used: it is no directory",
    );
  });

  test("one that nobody can write to", async () => {
    // What keeps one from it depends on who one is.
    expect(await refusal("/proc")).toMatch(
      /PATH, (can't be used: this user may not write there|has 0 MB left)/,
    );
  });

  test("one without room for the day", async () => {
    await expect(parquetArchive(directory()).prepare(2 ** 70)).rejects.toThrow(
      /has \d+ MB left, but the next day may need \d+ MB; make room/,
    );
  });

  test("one that vanishes while the day is written: it is kept for the next run", async () => {
    await fill(database(), OLD, 3, 2);
    const before = await storedReports(database());
    const real = parquetArchive(join(directory(), "gone"));
    await expect(move({ ...real, prepare: async () => {} })).rejects.toThrow(/no such directory/);
    await move();
    expect(await read()).toEqual(before);
  });
});
