import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { useNats } from "@cc-ingest/devstack/testing";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { letter, refusedStarts, useDeadLetters } from "../testing/dead-letters.js";
import { nodesLine, startLine } from "../testing/lines.js";

const server = useNats();
const { actions, db, directory, jobIds, run, statuses, store } = useDeadLetters();

describe("replay", () => {
  it("applies them, keeps the rows, and leaves an entry for each in the audit trail", async () => {
    await store(...refusedStarts(3));
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
    await store(...refusedStarts(5));
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
    await sql`UPDATE dead_letter SET status = 'replaying'`.execute(db());
    await sql`INSERT INTO dead_letter_action (stream, stream_sequence, received_at, line_number, action, outcome, actor,
        build, edited)
      SELECT stream, stream_sequence, received_at, line_number, 'replay', 'applied', 'x', 'x', ${Buffer.from(startLine(6))}
      FROM dead_letter`.execute(db());
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
    const node = await db().selectFrom("node").select(["hostname", "subcluster"]).executeTakeFirstOrThrow();
    expect([node.hostname, node.subcluster === ""]).toEqual(["f0101", false]);
  });

  it("leaves what ended a service alone unless it is asked for", async () => {
    await store(letter(startLine(1), { reason: "crashes_service", lineNumber: 0 }), letter(startLine(2)));
    expect((await run(["replay", "--all"])).stdout).toBe("applied 1\n");
    expect(await statuses()).toEqual(["open", "replayed"]);
    expect((await run(["replay", "--reason", "crashes_service"])).stdout).toBe("applied 1\n");
    expect(await jobIds()).toEqual([1n, 2n]);
  });

  it("needs to know the subjects, which say whom a letter's own subject speaks for", async () => {
    await store(letter(startLine(1), { subject: "cc.job.event.alex" }));
    const without = await run(["replay", "--all"], {
      env: { SUBJECT_JOB_EVENT: "", SUBJECT_NODE_STATE: "" },
    });
    expect(without).toMatchObject({ exit: 2, stderr: expect.stringContaining("SUBJECT_JOB_EVENT") });
    const held = await run(["replay", "--all"], { env: { SUBJECT_JOB_EVENT: "cc.job.event.*" } });
    expect(held).toMatchObject({ exit: 1, stdout: expect.stringContaining("cluster_mismatch") });
    expect([await jobIds(), await statuses()]).toEqual([[], ["open"]]);
  });

  it("needs the broker for jobs, and says so before it applies any", async () => {
    await store(letter(startLine(1)));
    const env = { INGEST_LIFECYCLE_EVENTS: "on", NATS_URL: "nats://127.0.0.1:1" };
    const { exit, stderr } = await run(["replay", "--all"], { env });
    expect([exit, stderr]).toEqual([1, expect.stringContaining("127.0.0.1:1")]);
    expect([await jobIds(), await statuses(), await actions()]).toEqual([[], ["open"], []]);
  });

  it("is not over while its runs can't be announced, and is finished when they can", async () => {
    await using nats = await connect({ servers: server().url });
    const jsm = await jetstreamManager(nats);
    const stream = { name: "CC_LIFECYCLE", subjects: ["cc.lifecycle.job.*.*"] };
    await jsm.streams.add({ ...stream, max_msg_size: 1 });
    await store(letter(startLine(1)));
    const env = { INGEST_LIFECYCLE_EVENTS: "on", NATS_URL: server().url };
    const failed = await run(["replay", "--all"], { env });
    expect([failed.exit, failed.stderr]).toEqual([
      1,
      expect.stringMatching(/could not be announced.*Run it again/),
    ]);
    expect([await jobIds(), await statuses()]).toEqual([[1n], ["replaying"]]);
    await jsm.streams.update("CC_LIFECYCLE", { ...stream, max_msg_size: -1 });
    expect((await run(["replay", "--all"], { env })).stdout).toBe("applied 1\n");
    expect([await jobIds(), await statuses()]).toEqual([[1n], ["replayed"]]);
    expect((await jsm.streams.getMessage("CC_LIFECYCLE", { seq: 1 }))?.string()).toContain('"jobId":1,');
  });
});
