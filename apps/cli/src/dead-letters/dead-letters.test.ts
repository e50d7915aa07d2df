import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Database, type DeadLetter, commitBatch, connectDatabase, migrate } from "@cc-ingest/database";
import { useDatabase } from "@cc-ingest/devstack/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ccingest, useDirectory } from "../testing/ccingest.js";
import { nodesLine, startLine } from "../testing/lines.js";

const database = useDatabase({
  async migrate(url) {
    const db = connectDatabase({ url, poolSize: 1, applicationName: "template" });
    await migrate(db);
    await db.destroy();
  },
});
const directory = useDirectory();
const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const SECOND = 1_000_000_000n;
const T = 1_760_000_000n * SECOND;
let db: Database;

beforeAll(() => {
  db = connectDatabase({ url: database().url, poolSize: 2, applicationName: "test" });
});
afterAll(() => db.destroy());
beforeEach(async () => {
  await sql`TRUNCATE job, tag, jobtag, parked_stop, node, node_state, dead_letter, dead_letter_action RESTART IDENTITY`.execute(
    db,
  );
});

/** Without a broker: nobody is told of the runs. */
async function run(args: readonly string[], more: { input?: string; env?: Record<string, string> } = {}) {
  const env = { DATABASE_URL: database().url, INGEST_LIFECYCLE_EVENTS: "off", ...more.env };
  const { input = "" } = more;
  return await ccingest(["dead-letters", ...args], { env, input, cwd: directory() });
}

function letter(text: string | Uint8Array, overrides: Partial<DeadLetter> = {}): DeadLetter {
  return {
    service: "ingest-jobs",
    stream: "CC_JOB",
    streamSequence: 1,
    receivedAt: T + 1_234_567n,
    subject: "cc.job.event",
    lineNumber: 1,
    raw: typeof text === "string" ? Buffer.from(text) : text,
    headers: undefined,
    reason: "unknown_cluster",
    message: "no definition of the cluster fritz is loaded",
    sqlstate: undefined,
    build: "0.0.9",
    ...overrides,
  };
}

async function store(...letters: DeadLetter[]): Promise<void> {
  await commitBatch(db, {
    events: [],
    deadLetters: letters.map((each, index) => ({ ...each, streamSequence: index + 1 })),
    apply: async () => ({ outcomes: [], effects: [] }),
    toDeadLetter: () => letter(""),
  });
}

const statuses = async () =>
  (await db.selectFrom("dead_letter").select("status").orderBy("id").execute()).map(({ status }) => status);
const actions = async () => await db.selectFrom("dead_letter_action").selectAll().orderBy("id").execute();
const jobIds = async () =>
  (await db.selectFrom("job").select("job_id").orderBy("job_id").execute()).map((row) => row.job_id);
const starts = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    letter(startLine(index + 1), { receivedAt: T + BigInt(index) * SECOND }),
  );

describe("list", () => {
  it("shows those that are open, the newest first, and narrows them by each filter", async () => {
    await store(
      letter(startLine(7)),
      letter("broken", { reason: "missing_field_value", receivedAt: T + 60n * SECOND }),
      letter(nodesLine("f0101"), {
        service: "ingest-nodestate",
        subject: "cc.node.state",
        receivedAt: T + 120n * SECOND,
      }),
    );
    const listed = async (...args: string[]) => {
      const { exit, stdout } = await run(["list", "--json", ...args]);
      expect(exit).toBe(0);
      const { deadLetters } = JSON.parse(stdout) as { deadLetters: { id: number }[] };
      return deadLetters.map(({ id }) => id);
    };
    expect(await listed()).toEqual([3, 2, 1]);
    expect(await listed("--reason", "missing_field_value", "--reason", "json_syntax")).toEqual([2]);
    expect(await listed("--subject", "cc.node.state")).toEqual([3]);
    expect(await listed("--cluster", "fritz")).toEqual([3, 1]);
    expect(await listed("--job", "7")).toEqual([1]);
    expect(await listed("--from", "2025-10-09T08:54:20Z")).toEqual([3, 2]);
    expect(await listed("--to", "2025-10-09T08:54:20Z")).toEqual([1]);
    await run(["discard", "2"]);
    expect(await listed()).toEqual([3, 1]);
    expect(await listed("--status", "discarded")).toEqual([2]);
    expect(await listed("--status", "all")).toEqual([3, 2, 1]);
    const { stdout } = await run(["list"]);
    expect(stdout).toMatch(/^ID +RECEIVED +STATUS +REASON +CLUSTER +JOB +SUBJECT +MESSAGE\n/);
    expect(stdout).toMatch(
      /^ *1 +2025-10-09T08:53:20 +open +unknown_cluster +fritz +7 +cc\.job\.event +no def/m,
    );
  });

  it("goes through all of them page by page, each once", async () => {
    await store(...starts(7));
    const seen: number[] = [];
    for (let after: number | undefined; ;) {
      const args = [
        "list",
        "--json",
        "--limit",
        "3",
        ...(after === undefined ? [] : ["--after", String(after)]),
      ];
      const { stdout } = await run(args);
      const page = JSON.parse(stdout) as { matching: number; next?: number; deadLetters: { id: number }[] };
      expect(page.matching).toBe(7);
      seen.push(...page.deadLetters.map(({ id }) => id));
      if (page.next === undefined) break;
      after = page.next;
    }
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });
});

describe("show", () => {
  const bad = String.raw`job,function=start_job event="{\"jobId\":9223372036854775807,\"energy\":0.10,\"clutser\":\"x\"}" 1760000000000000001`;

  it("says what it is, where its fault is and what has been done, with exact integers", async () => {
    await store(
      letter(bad, { reason: "unknown_key", message: "clutser: ?", headers: { traceparent: ["00-1-2-01"] } }),
    );
    await run(["replay", "1", "--as", "alice"]);
    const { exit, stdout } = await run(["show", "1"]);
    expect(exit).toBe(0);
    expect(stdout).toContain("2025-10-09T08:53:20.001234567Z");
    expect(stdout).toContain("CC_JOB sequence 1, line 1");
    expect(stdout).toContain("traceparent: 00-1-2-01");
    expect(stdout).toContain('"jobId": 9223372036854775807');
    expect(stdout).toContain('"energy": 0.10');
    expect(stdout).toMatch(/dead letter 1:1:\d+: clutser: .*\(unknown_key\)\n.*\n +\^/);
    expect(stdout).toMatch(/alice \(database user \w+\) +replay: refused +unknown_key: clutser/);
    const json = await run(["show", "1", "--json"]);
    expect(json.stdout).toContain('"jobId":9223372036854775807');
    expect(JSON.parse(json.stdout)).toMatchObject({
      id: 1,
      status: "open",
      receivedAt: "2025-10-09T08:53:20.001234567Z",
      rawBase64: Buffer.from(bad).toString("base64"),
      faults: [{ line: 1, code: "unknown_key" }],
      actions: [{ action: "replay", outcome: "refused", actor: "alice", reason: "unknown_key" }],
    });
  });

  it("gives the bytes exactly, and lets none of them act on the terminal", async () => {
    const raw = Uint8Array.of(0, 0xff, 0x1b, 0x5b, 0x32, 0x4a, 0x0d, 0x0a);
    await store(letter(raw, { message: "\u001B[2J" }));
    const { stdout: bytes } = await promisify(execFile)(
      process.execPath,
      [main, "dead-letters", "show", "1", "--raw"],
      {
        encoding: "buffer",
        env: { DATABASE_URL: database().url },
        cwd: directory(),
      },
    );
    expect(bytes).toEqual(Buffer.from(raw));
    const json = JSON.parse((await run(["show", "1", "--json"])).stdout) as { rawBase64: string };
    expect(Buffer.from(json.rawBase64, "base64")).toEqual(Buffer.from(raw));
    // eslint-disable-next-line no-control-regex
    expect((await run(["show", "1"])).stdout + (await run(["list"])).stdout).not.toMatch(/\u001B|\u0000/);
  });
});

describe("replay", () => {
  it("applies them, keeps the rows, and leaves an entry for each in the audit trail", async () => {
    await store(...starts(3));
    const { exit, stdout } = await run(["replay", "--reason", "unknown_cluster", "--as", "alice"]);
    expect([exit, stdout]).toEqual([0, "applied 3\n"]);
    expect(await jobIds()).toEqual([1n, 2n, 3n]);
    expect(await statuses()).toEqual(["replayed", "replayed", "replayed"]);
    const trail = await actions();
    expect(trail).toHaveLength(3);
    expect(trail[0]).toMatchObject({
      action: "replay",
      outcome: "applied",
      actor: "alice",
      stream_sequence: 1n,
    });
    expect(trail[0]?.database_user).not.toBe("");
    expect(trail[0]?.acted_at).toBeInstanceOf(Date);
    const again = await run(["replay", "1", "2", "3"]);
    expect([again.exit, again.stdout]).toEqual([0, "applied 0\n3 had been replayed before: nothing to do\n"]);
    expect(await actions()).toHaveLength(3);
  });

  it("stops at its limit, says how many more there are, and goes on when it is run again", async () => {
    await store(...starts(5));
    const first = await run(["replay", "--all", "--limit", "2"]);
    expect(first.stdout).toBe(
      "applied 2\n3 more match: run it again, with a higher --limit or with --after 2\n",
    );
    // The oldest first.
    expect(await jobIds()).toEqual([1n, 2n]);
    expect((await run(["replay", "--all"])).stdout).toBe("applied 3\n");
    expect(await jobIds()).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(await actions()).toHaveLength(5);
  });

  it("leaves open what is refused again, with the new reason, and the others don't wait for it", async () => {
    await store(letter(startLine(1)), letter("broken"), letter(startLine(2)));
    const { exit, stdout, stderr } = await run(["replay", "--all"]);
    expect([exit, stdout]).toEqual([
      1,
      expect.stringMatching(/^applied 2\nrefused again: 1\n +2 +invalid_tag_key +column 7: /),
    ]);
    expect(stderr).toContain("1 refused again");
    expect(await statuses()).toEqual(["replayed", "open", "replayed"]);
    expect(await actions()).toMatchObject([
      { outcome: "applied" },
      { outcome: "refused", reason: "invalid_tag_key" },
      { outcome: "applied" },
    ]);
    expect(await jobIds()).toEqual([1n, 2n]);
  });

  it("gets behind those that stay refused with --after", async () => {
    await store(letter("broken"), letter("broken"), letter(startLine(1)));
    const first = await run(["replay", "--all", "--limit", "2"]);
    expect(first.stdout).toContain("with --after 2");
    expect((await run(["replay", "--all", "--limit", "2", "--after", "2"])).stdout).toBe("applied 1\n");
  });

  it("does nothing in a dry run but say what would happen", async () => {
    await store(letter(startLine(1)), letter("broken"));
    const { exit, stdout } = await run(["replay", "--all", "--dry-run"]);
    expect([exit, stdout]).toEqual([
      0,
      expect.stringMatching(/^would apply 1\nwould be refused again: 1\n +2 +invalid_tag_key /),
    ]);
    expect([await jobIds(), await statuses(), await actions()]).toEqual([[], ["open", "open"], []]);
    const json = await run(["replay", "--all", "--dry-run", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ dryRun: true, applied: 1, refused: 1, more: 0 });
  });

  it("applies an edited line and keeps both versions", async () => {
    const bad = startLine(5).replace("jobId", "jobID");
    await store(letter(bad, { reason: "unknown_key" }));
    const file = join(directory(), "mended.lp");
    await writeFile(file, startLine(5));
    const { exit, stdout } = await run(["replay", "1", "--payload", file]);
    expect([exit, stdout]).toEqual([0, "applied 1\n"]);
    expect(await jobIds()).toEqual([5n]);
    expect((await run(["show", "1", "--raw"])).stdout).toBe(bad);
    expect((await run(["show", "1", "--raw", "--edited"])).stdout).toBe(startLine(5));
    expect((await run(["show", "1"])).stdout).toContain("replay of other bytes: applied");
    expect((await readFile(file)).toString()).toBe(startLine(5));
  });

  it("keeps an edited line that is refused too", async () => {
    await store(letter("broken"));
    const { exit } = await run(["replay", "1", "--payload", "-"], { input: "broken differently" });
    expect(exit).toBe(1);
    expect(await statuses()).toEqual(["open"]);
    expect((await actions())[0]?.edited?.toString()).toBe("broken differently");
  });

  it("finishes with the edited line what was interrupted with it", async () => {
    await store(letter(startLine(5)));
    await sql`UPDATE dead_letter SET status = 'replaying'`.execute(db);
    await sql`INSERT INTO dead_letter_action (stream, stream_sequence, received_at, line_number, action, outcome, actor,
        build, edited)
      SELECT stream, stream_sequence, received_at, line_number, 'replay', 'applied', 'x', 'x', ${Buffer.from(startLine(6))}
      FROM dead_letter`.execute(db);
    const refused = await run(["replay", "1", "--payload", "-"], { input: startLine(7) });
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining("finished first")]);
    expect((await run(["list"])).stdout).toContain("replaying");
    expect((await run(["replay", "--all"])).exit).toBe(0);
    expect(await jobIds()).toEqual([6n]);
    expect(await statuses()).toEqual(["replayed"]);
  });

  it("applies what a cluster was missing for once the definitions know it", async () => {
    await store(
      letter(startLine(1)),
      letter(nodesLine("f0101"), { service: "ingest-nodestate", reason: "host_in_no_subcluster" }),
    );
    const definitions = (name: string) =>
      join(import.meta.dirname, "../../../../packages/config/fixtures/clusters", name);
    const without = await run(["replay", "--all"], {
      env: { INGEST_CLUSTER_DEFINITIONS: definitions("alex/cluster.json") },
    });
    expect([without.exit, await statuses()]).toEqual([1, ["open", "open"]]);
    expect((await actions()).map(({ reason }) => reason)).toEqual(["unknown_cluster", "unknown_cluster"]);
    const withIt = await run(["replay", "--all"], {
      env: { INGEST_CLUSTER_DEFINITIONS: definitions("fritz/cluster.json") },
    });
    expect([withIt.exit, await statuses()]).toEqual([0, ["replayed", "replayed"]]);
    const node = await db.selectFrom("node").select(["hostname", "subcluster"]).executeTakeFirstOrThrow();
    expect([node.hostname, node.subcluster === ""]).toEqual(["f0101", false]);
  });

  it("leaves what ended a service alone unless it is asked for", async () => {
    await store(letter(startLine(1), { reason: "crashes_service", lineNumber: 0 }), letter(startLine(2)));
    expect((await run(["replay", "--all"])).stdout).toBe("applied 1\n");
    expect(await statuses()).toEqual(["open", "replayed"]);
    expect((await run(["replay", "--reason", "crashes_service"])).stdout).toBe("applied 1\n");
    expect(await jobIds()).toEqual([1n, 2n]);
  });

  it("needs the broker for jobs, and says so before it applies any", async () => {
    await store(letter(startLine(1)));
    const env = { INGEST_LIFECYCLE_EVENTS: "on", NATS_URL: "nats://127.0.0.1:1" };
    const { exit, stderr } = await run(["replay", "--all"], { env });
    expect([exit, stderr]).toEqual([1, expect.stringContaining("127.0.0.1:1")]);
    expect([await jobIds(), await statuses(), await actions()]).toEqual([[], ["open"], []]);
  });
});

describe("discard", () => {
  it("closes them with a note, keeps their bytes, and one named by number can still be replayed", async () => {
    await store(...starts(3));
    const dry = await run(["discard", "--cluster", "fritz", "--dry-run"]);
    expect([dry.stdout, await statuses()]).toEqual(["would discard 3\n", ["open", "open", "open"]]);
    const { exit, stdout } = await run(["discard", "--job", "2", "--note", "a test", "--as", "bob"]);
    expect([exit, stdout]).toEqual([0, "discarded 1\n"]);
    expect(await statuses()).toEqual(["open", "discarded", "open"]);
    expect(await actions()).toMatchObject([
      { action: "discard", outcome: "discarded", actor: "bob", message: "a test" },
    ]);
    expect((await run(["discard", "2"])).stdout).toBe("discarded 0\n1 not open: nothing to do\n");
    expect(await actions()).toHaveLength(1);
    await run(["replay", "--all"]);
    expect(await jobIds()).toEqual([1n, 3n]);
    expect((await run(["replay", "2"])).stdout).toBe("applied 1\n");
    expect(await jobIds()).toEqual([1n, 2n, 3n]);
  });
});

describe("a mistake is said in one line and ends with 2", () => {
  it.each([
    ["nothing is selected", ["replay"], /Give their numbers, options that select them, or --all/],
    ["numbers and options", ["discard", "1", "--all"], /not both/],
    ["a number that is not there", ["replay", "17"], /there is no dead letter 17/],
    ["to show one that is not there", ["show", "17"], /there is no dead letter 17/],
    ["to go on behind one that is not there", ["list", "--after", "17"], /there is no dead letter 17/],
    ["a reason that does not exist", ["list", "--reason", "nope"], /no reason nope[^]*unknown_cluster/],
    ["a payload for several", ["replay", "1", "2", "--payload", "x.lp"], /--payload takes the place of one/],
    ["a word for a number", ["show", "one"], /from 1 to 9223372036854775807/],
    ["a status that does not exist", ["list", "--status", "closed"], /Allowed choices are open/],
  ])("%s", async (_, args, message) => {
    const { exit, stderr } = await run(args);
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    ["two lines for one", `${startLine(1)}\n${startLine(2)}`, /it holds 2 lines/],
    ["no line", "# nothing\n", /it holds no line/],
  ])("a payload of %s", async (_, input, message) => {
    await store(letter("broken"));
    const { exit, stderr } = await run(["replay", "1", "--payload", "-"], { input });
    expect([exit, await statuses(), await actions()]).toEqual([2, ["open"], []]);
    expect(stderr).toMatch(message);
  });
});
