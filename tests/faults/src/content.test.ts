import { type ServiceProcess, residentMegabytes } from "@cc-ingest/devstack";
import { beforeAll, expect, test } from "vitest";
import { escape, message, startLine } from "./site/lines.ts";
import type { ServiceName } from "./site/replica.ts";
import { useSite } from "./site/use-site.ts";

// What is in a message, where it is not what it should be. Each comes between two good messages, which must be applied.

const site = useSite({ broker: { extraConfig: "max_payload: 8MB" } });

let nextJob = 1;
const BAD = 9_000_000;
const T = 1_760_000_000;
const FUTURE = T + 10 * 365 * 86_400;

const nodesLine = (hosts: readonly string[], time = T): string => {
  const nodes = hosts.map((hostname) => ({ hostname, states: ["idle"] }));
  return `nodestate event="${escape(JSON.stringify({ cluster: "fritz", nodes }))}" ${time}000000000`;
};
const hosts = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`);
const raw = (json: string): string => `job,function=start_job event="${escape(json)}" ${T}000000000`;
const extended = (json: string): string => {
  const line = startLine(BAD, { cluster: "bad" });
  return line.replace("{", () => `{${escape(json)},`);
};

interface Refused {
  readonly to?: ServiceName;
  readonly bytes: string | Uint8Array;
  /** Of each dead letter. */
  readonly reasons: readonly string[];
}

/** Latin-1: a byte that begins no UTF-8 sequence. */
const invalidUtf8 = Buffer.from(startLine(BAD, { project: "\xe9" }), "latin1");

const refused: Readonly<Record<string, Refused>> = {
  "NUL in a string": { bytes: startLine(BAD, { project: "a\0b" }), reasons: ["nul_character"] },
  "a lone surrogate": { bytes: extended(String.raw`"project": "\ud800"`), reasons: ["lone_surrogate"] },
  "invalid UTF-8": { bytes: invalidUtf8, reasons: ["invalid_utf8"] },
  "an integer beyond int64": {
    bytes: extended('"submitTime": 9223372036854775808'),
    reasons: ["out_of_range"],
  },
  "__proto__ as a key": { bytes: extended('"__proto__": {"walltime": 1}'), reasons: ["forbidden_key"] },
  "constructor as a key": { bytes: extended('"constructor": {}'), reasons: ["forbidden_key"] },
  "nesting 200,000 deep": { bytes: raw("[".repeat(200_000)), reasons: ["json_too_deep"] },
  "oversized text in an indexed column": {
    bytes: startLine(BAD, { user: "u".repeat(3_000) }),
    reasons: ["string_too_long"],
  },
  "10,000 tags": {
    bytes: startLine(BAD).replace(
      ",function",
      `${hosts(10_000)
        .map((host) => `,${host}=1`)
        .join("")},function`,
    ),
    reasons: ["too_many_tags"],
  },
  "100,000 nodes": {
    to: "ingest-nodestate",
    bytes: nodesLine(hosts(100_000)),
    reasons: ["too_many_items"],
  },
  "a node state of the future": {
    to: "ingest-nodestate",
    bytes: nodesLine(["n1"], FUTURE),
    reasons: ["absurd_time"],
  },
  "an absurd start time": { bytes: startLine(BAD, { startTime: 1 }), reasons: ["absurd_time"] },
  "keys smuggled in as escapes": {
    bytes: String.raw`job,function=stop_job event="{\u0022jobId\u0022: 1}" ${T}000000000`,
    reasons: ["json_syntax"],
  },
};

const MANY_LINES = "x a=1\n".repeat(100_000);

let services: Readonly<Record<ServiceName, ServiceProcess>>;
beforeAll(async () => {
  const { jobs, nodes } = await site().running();
  jobs[1].kill("SIGKILL");
  await jobs[1].exit;
  services = { "ingest-jobs": jobs[0], "ingest-nodestate": nodes };
});

const good = () => message("ingest-jobs", startLine(nextJob++));
const letters = () =>
  site()
    .db.selectFrom("dead_letter")
    .select(["id", "reason", "raw"])
    .where("status", "=", "open")
    .orderBy("id")
    .execute();

test.each(Object.entries(refused))(
  "%s: refused with its reason and its bytes, the rest is applied",
  async (_, bad) => {
    const { publishOnce, expectWhole } = site();
    const before = (await letters()).length;
    const bytes = Buffer.from(bad.bytes);
    await publishOnce([good(), { to: bad.to ?? "ingest-jobs", bytes }, good()]);
    await expectWhole();
    const found = (await letters()).slice(before);
    expect(found.map(({ reason }) => reason)).toEqual(bad.reasons);
    expect(Buffer.compare(bytes, found[0]?.raw ?? Buffer.of())).toBe(0);
    expect(await storedJobs()).toBe(nextJob - 1);
  },
);

const storedJobs = async (): Promise<number> =>
  (await site().db.selectFrom("job").select("id").where("cluster", "=", "fritz").execute()).length;

interface Applied {
  readonly line: (id: number) => string;
  readonly row?: object;
}

const applied: Readonly<Record<string, Applied>> = {
  "comments and blank lines around it": { line: (id) => `# one\n\n${startLine(id)}\n\n# two\n` },
  "no newline at its end": { line: startLine },
  "CRLF at its end": { line: (id) => `${startLine(id)}\r\n` },
  "a key twice, of which the last counts": {
    line: (id) => startLine(id).replace("{", () => `{${escape('"project": "other"')},`),
    row: { project: "k106eb" },
  },
  "an integer beyond 2^53 that fits int64": {
    line: (id) =>
      startLine(id, { walltime: 0 }).replace(escape('"walltime":0'), escape('"walltime":9007199254740993')),
    row: { walltime: 9_007_199_254_740_993n },
  },
};

test.each(Object.entries(applied))("%s: applied", async (_, { line, row = {} }) => {
  const { publishOnce, expectWhole, db } = site();
  const before = (await letters()).length;
  const id = nextJob++;
  await publishOnce([message("ingest-jobs", line(id))]);
  await expectWhole();
  const jobs = await db.selectFrom("job").selectAll().where("job_id", "=", BigInt(id)).execute();
  expect(jobs).toMatchObject([{ cluster: "fritz", ...row }]);
  expect(await letters()).toHaveLength(before);
});

test.each(["", "\n\n", "# nothing but a comment\n"])(
  "%j holds no line: acknowledged, nothing is stored",
  async (text) => {
    const { publishOnce, expectWhole } = site();
    const before = [await storedJobs(), (await letters()).length];
    await publishOnce([message("ingest-jobs", text)]);
    await expectWhole();
    expect([await storedJobs(), (await letters()).length]).toEqual(before);
  },
);

test("100,000 lines: each as far as the limit is an outcome, the rest is one, with its bytes", async () => {
  const { publishOnce, expectWhole } = site();
  const before = (await letters()).length;
  await publishOnce([good(), message("ingest-jobs", MANY_LINES), good()]);
  await expectWhole();
  const found = (await letters()).slice(before);
  const last = found.pop();
  expect(found).toHaveLength(10_000);
  expect(new Set(found.map(({ reason }) => reason))).toEqual(new Set(["unsupported_measurement"]));
  expect(last?.reason).toBe("too_many_lines");
  expect(last?.raw.toString()).toBe(MANY_LINES.slice(6 * 10_000));
  expect(await storedJobs()).toBe(nextJob - 1);
});

test("the largest messages one after the other: memory stays flat", async () => {
  const { publishOnce, drained } = site();
  const largest = [
    message("ingest-jobs", `${startLine(BAD)}\n`.repeat(100_000).slice(0, 7_900_000)),
    message("ingest-nodestate", nodesLine(hosts(100_000))),
  ];
  const memory: number[] = [];
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 4; i++) await publishOnce(largest);
    await drained();
    memory.push(
      Math.max(...(await Promise.all(Object.values(services).map(({ pid }) => residentMegabytes(pid))))),
    );
  }
  // Kubernetes ends a service at 512 (infra/kubernetes/base).
  expect(Math.max(...memory)).toBeLessThan(400);
  expect(memory.at(-1)).toBeLessThan((memory[1] ?? 0) * 1.25);
});
