import { residentMegabytes } from "@cc-ingest/devstack";
import { expect, test } from "vitest";
import { nodesLine } from "./testing/fixtures.js";
import { NODES, useStack } from "./testing/stack.js";

const stack = useStack({ extraConfig: "max_payload: 8MB" });
const HOSTS = Array.from(
  { length: 9_216 },
  (_, i) => `compute-node-${String(i).padStart(5, "0")}.cluster.example`,
);
const MORE = { cpusAllocated: 128, memoryAllocated: 256_000, gpusAllocated: 8, jobsRunning: 1 };
const ROUNDS = 6;
const EACH = 8;

test("reports of 9,216 nodes in one line are stored whole where the broker takes them, and memory stays flat", async () => {
  const { running, publish, drained, db } = stack();
  const service = await running("ingest-nodestate");
  const begin = 1_760_000_000;
  expect(nodesLine(begin, HOSTS, MORE).length).toBeGreaterThan(1024 * 1024);
  const memory: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < EACH; i++)
      await publish(NODES, nodesLine(begin + 60 * (round * EACH + i), HOSTS, MORE));
    await drained("ingest-nodestate");
    memory.push(await residentMegabytes(service.pid));
  }
  const { count } = await db
    .selectFrom("node_state")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .executeTakeFirstOrThrow();
  expect(count).toBe(BigInt(HOSTS.length * ROUNDS * EACH));
  expect(await db.selectFrom("dead_letter").select("message").execute()).toEqual([]);
  // It grows to what garbage collection leaves it, 250 to 290 MB, within three rounds. Kept, the messages of three more would be 36 MB as
  // text, and several times that once decoded.
  expect(Math.max(...memory)).toBeLessThan(300);
  expect(memory.at(-1)).toBeLessThan(Math.max(...memory.slice(0, 3)) * 1.25);
});
