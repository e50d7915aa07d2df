import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { letter, refusedStarts, useDeadLetters } from "../testing/dead-letters.js";
import { nodesLine, startLine } from "../testing/lines.js";

const { directory, options, run, store } = useDeadLetters();
const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

describe("list", () => {
  it("shows those that are open, the newest first, and narrows them by each filter", async () => {
    await store(
      letter(startLine(7)),
      letter("broken", { reason: "missing_field_value" }, 60),
      letter(nodesLine("f0101"), { service: "ingest-nodestate", subject: "cc.node.state" }, 120),
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
    await store(...refusedStarts(7));
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
        env: options().env,
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
