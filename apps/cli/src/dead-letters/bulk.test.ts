import { describe, expect, it, vi } from "vitest";
import { start } from "../testing/ccingest.js";
import { letter, refusedStarts, useDeadLetters } from "../testing/dead-letters.js";
import { startLine } from "../testing/lines.js";

const { actions, jobIds, options, run, statuses, store } = useDeadLetters();

describe("a bulk replay", () => {
  it("stops at Ctrl-C between two pages, says what is left, and goes on when it is run again", async () => {
    await store(...refusedStarts(200));
    const replaying = start(["dead-letters", "replay", "--all", "--rate", "20"], options());
    await vi.waitFor(async () => expect((await jobIds()).length).toBeGreaterThan(0), { timeout: 60_000 });
    replaying.process.kill("SIGINT");
    const { exit, stdout } = await replaying.ended;
    const [, applied, left] = /^applied (\d+)\n(\d+) more match/.exec(stdout) ?? [];
    expect([exit, Number(applied) + Number(left)]).toEqual([0, 200]);
    expect(await jobIds()).toHaveLength(Number(applied));
    expect((await run(["replay", "--all", "--rate", "10000"])).stdout).toBe(`applied ${left}\n`);
    expect(await jobIds()).toHaveLength(200);
    expect(await actions()).toHaveLength(200);
  });

  it("is no faster than its rate", async () => {
    await store(...refusedStarts(4));
    await run(["replay", "--all", "--rate", "2"]);
    const times = (await actions()).map(({ acted_at }) => acted_at.getTime());
    // One at a time, the fourth a second and a half after the first one's turn; a timer may fire a little early.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900);
  });

  it("does no harm to another one at the same time", async () => {
    await store(...refusedStarts(200));
    const both = await Promise.all(
      ["alice", "bob"].map((name) => run(["replay", "--all", "--rate", "10000", "--as", name])),
    );
    expect(both.map(({ exit }) => exit)).toEqual([0, 0]);
    expect(await jobIds()).toHaveLength(200);
    expect(new Set(await statuses())).toEqual(new Set(["replayed"]));
    expect(new Set((await actions()).map(({ line_number }) => line_number)).size).toBe(200);
  });
});

describe("discard", () => {
  it("closes them with a note, keeps their bytes, and one named by number can still be replayed", async () => {
    await store(...refusedStarts(3));
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
