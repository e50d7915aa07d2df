import { execFile } from "node:child_process";
import { mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Database, NodeStore, connectDatabase, dropOldDays, migrateUrl } from "@cc-ingest/database";
import { useDatabase, useTempDirectory } from "@cc-ingest/devstack/testing";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { ccingest } from "../testing/ccingest.js";

const database = useDatabase({ migrate: migrateUrl });
const directory = useTempDirectory();

/** 1 and 2 January 2020. */
const days = [1_577_836_800, 1_577_923_200] as const;
let db: Database;
let target: string;

beforeEach(async () => {
  db = connectDatabase({ url: database().url, poolSize: 2, applicationName: "test" });
  onTestFinished(() => db.destroy());
  await dropOldDays(db, { days: 1 });
  target = await mkdtemp(join(directory(), "target-"));
  const events = days.map((day) => ({
    eventTime: BigInt(day) * 1_000_000_000n,
    nodes: { cluster: "fritz", nodes: [idle] },
  }));
  const toDeadLetter = (_: unknown, error: unknown): never => {
    throw error;
  };
  await new NodeStore().commit(db, { events, deadLetters: [], toDeadLetter }, "whole");
});

const idle = {
  hostname: "f0101",
  states: ["idle"],
  state: "idle",
  cpusAllocated: 0,
  memoryAllocated: 0n,
  gpusAllocated: 0,
  jobsRunning: 0,
} as const;

const drops = () => ({ DATABASE_URL: database().url, INGEST_NODESTATE_RETENTION_DAYS: "30" });
const moves = (path = target) => ({
  ...drops(),
  INGEST_NODESTATE_RETENTION_POLICY: "move",
  INGEST_NODESTATE_RETENTION_PATH: path,
});
const retention = (env: Readonly<Record<string, string>>, ...more: readonly string[]) =>
  ccingest(["retention", ...more], { env });
const stored = async (): Promise<number> =>
  (await db.selectFrom("node_state").select("time_stamp").execute()).length;

describe("with --dry-run", () => {
  it("shows what would go and where, and leaves it", async () => {
    const { exit, stdout, stderr } = await retention(drops(), "--dry-run");
    expect([exit, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^DAY +MB\n2020-01-01 +\d+\.\d\n2020-01-02 +\d+\.\d\nwould be dropped\n$/);
    expect((await retention(moves(), "--dry-run")).stdout).toContain(`would be moved to ${target}\n`);
    expect(JSON.parse((await retention(drops(), "--dry-run", "--json")).stdout)).toMatchObject([
      { day: "2020-01-01" },
      { day: "2020-01-02" },
    ]);
    expect(await stored()).toBe(2);
  });
});

it("drops each day and says so; then there is nothing to do", async () => {
  expect(await retention(drops())).toEqual({
    exit: 0,
    stdout: "dropped 2020-01-01\ndropped 2020-01-02\n",
    stderr: "",
  });
  expect(await stored()).toBe(0);
  const again = "no day is older than 30 days, nothing to do\n";
  expect(await retention(drops())).toMatchObject({ exit: 0, stdout: again });
  expect(await retention(drops(), "--dry-run")).toMatchObject({ exit: 0, stdout: again });
});

it("moves each day and names its file", async () => {
  const { exit, stdout } = await retention(moves(), "--json");
  expect(exit).toBe(0);
  const files = await readdir(target);
  expect(JSON.parse(stdout)).toEqual({
    busy: false,
    dropped: [
      { day: "2020-01-01", file: join(target, files[0] ?? "") },
      { day: "2020-01-02", file: join(target, files[1] ?? "") },
    ],
  });
  expect(await stored()).toBe(0);
});

it("leaves it to another process that is doing it", async () => {
  const runs: unknown[] = [];
  const archive = {
    prepare: async () => {},
    async write() {
      runs.push(await retention(drops()));
      return { file: "elsewhere" };
    },
  };
  await dropOldDays(db, { days: 30, archive });
  const busy = { exit: 0, stdout: "another process is doing this already, nothing to do\n", stderr: "" };
  expect(runs).toEqual([busy, busy]);
});

describe("a directory that does not do", () => {
  it("and must be mended ends with 2", async () => {
    const missing = join(target, "missing");
    const { exit, stderr } = await retention(moves(missing));
    expect(exit).toBe(2);
    expect(stderr).toBe(
      `error: the directory for node states, ${missing}, can't be used: there is no such directory; create it, or mount it\n`,
    );
    expect(await stored()).toBe(2);
  });

  it("and takes no more bytes ends with 1; the day is there for the next run", async () => {
    const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
    const { PATH } = process.env;
    const limited = promisify(execFile)(
      "sh",
      ["-c", `ulimit -f 1; exec "${process.execPath}" "${main}" retention`],
      { env: { PATH, ...moves() } },
    );
    const { code, stderr } = await limited.then(
      () => ({ code: 0, stderr: "" }),
      (error: { code: number; stderr: string }) => error,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: the directory for node states, \S+, is full \(EFBIG, \d+ MB are left\); make room\n$/,
    );
    expect(await readdir(target)).toEqual([]);
    expect((await retention(moves())).stdout).toMatch(/^moved 2020-01-01 .*\nmoved 2020-01-02 .*\n$/);
  });
});
