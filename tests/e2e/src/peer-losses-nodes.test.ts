import { expect, test } from "vitest";
import { nodesLine } from "./testing/fixtures.js";
import { ownPostgres } from "./testing/own-postgres.js";
import { NODES, useStack } from "./testing/stack.js";

// What cc-backend's NATS API loses or corrupts of node states, and what becomes of it here.

const stack = useStack();
const T = 1_760_000_000;
const TIME = / \d+$/;

async function deliver(...messages: readonly string[]): Promise<void> {
  const { running, publish, drained } = stack();
  const service = await running("ingest-nodestate");
  for (const message of messages) await publish(NODES, message);
  await drained("ingest-nodestate");
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);
}

const reportsOf = (hostname: string) =>
  stack()
    .db.selectFrom("node_state as report")
    .innerJoin("node", "node.id", "report.node_id")
    .where("hostname", "=", hostname)
    .select(["report.time_stamp", "report.time_ns", "report.node_state", "report.states"])
    .orderBy("report.time_stamp")
    .execute();

async function letterWith(text: string) {
  const letters = await stack().db.selectFrom("dead_letter").selectAll().execute();
  return letters.find(({ raw }) => raw.toString() === text);
}

test("reports sent while no service runs are stored when one does, with the time they were sent for", async () => {
  await deliver();
  stack().nats.publish(NODES, nodesLine(T, ["n101"]));
  await stack().nats.flush();
  await deliver();
  expect(await reportsOf("n101")).toMatchObject([{ time_stamp: BigInt(T) }]);
});

test("bad JSON is a dead letter with its bytes, not a log line", async () => {
  const bad = String.raw`nodestate event="{\"cluster\":\"fritz\",\"nodes\":[" ${T}000000000`;
  await deliver(bad);
  expect(await letterWith(bad)).toMatchObject({ reason: "json_syntax", service: "ingest-nodestate" });
});

test("one bad line does not drop the rest of its message", async () => {
  await deliver(`${nodesLine(T, ["n201"])}\nnonsense\n${nodesLine(T, ["n202"])}`);
  expect([...(await reportsOf("n201")), ...(await reportsOf("n202"))]).toHaveLength(2);
  expect(await letterWith("nonsense")).toMatchObject({ line_number: 2, subject: NODES });
});

test("a report without a time has that of the stream, and none ever that of its handling: again it changes nothing", async () => {
  const { jsm } = stack();
  const untimed = nodesLine(T, ["n301"]).replace(TIME, "");
  await deliver(untimed);
  const stored = await jsm.streams.getMessage("CC_NODE", { last_by_subj: NODES });
  const seconds = BigInt(Math.floor((stored?.time.getTime() ?? 0) / 1000));
  const first = await reportsOf("n301");
  expect(first).toMatchObject([{ time_stamp: seconds }]);
  await deliver(nodesLine(T, ["n302"]), nodesLine(T, ["n302"]));
  expect(await reportsOf("n302")).toMatchObject([{ time_stamp: BigInt(T), time_ns: 0 }]);
  // The whole stream once more, by a service that starts from its beginning.
  await jsm.consumers.delete("CC_NODE", "ingest-nodestate");
  await deliver();
  expect(await reportsOf("n301")).toEqual(first);
  expect(await reportsOf("n302")).toHaveLength(1);
});

test("with the database gone reports wait; when it is back they are stored", async () => {
  const { postgres, db } = await ownPostgres();
  const { running, publish, drained, jsm } = stack();
  const { state } = await jsm.streams.info("CC_NODE");
  const service = await running("ingest-nodestate", { DATABASE_URL: postgres.url });
  await publish(NODES, nodesLine(T, ["n401"]));
  await drained("ingest-nodestate");
  await postgres.kill();
  await publish(NODES, nodesLine(T + 60, ["n401"]));
  await service.logged("batch not finished, trying again");
  await postgres.restart();
  await drained("ingest-nodestate");
  const reports = db.selectFrom("node_state").innerJoin("node", "node.id", "node_id");
  const rows = await reports.where("hostname", "=", "n401").select("node_state.time_stamp").execute();
  expect(rows.map(({ time_stamp }) => Number(time_stamp)).toSorted((a, b) => a - b)).toEqual([T, T + 60]);
  // What the tests before have published is not this test's.
  const letters = db.selectFrom("dead_letter").where("stream_sequence", ">", BigInt(state.last_seq));
  expect(await letters.selectAll().execute()).toEqual([]);
});
