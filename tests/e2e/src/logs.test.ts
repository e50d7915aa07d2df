import { expect, test } from "vitest";
import { startLine } from "./testing/fixtures.js";
import { JOBS, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;

const controlCharacters = /[\p{Cc}\u2028\u2029]/u;

test("what a message says stands in no log line, and what names it there holds no control characters", async () => {
  const { running, publish, drained, db } = stack();
  const service = await running("ingest-jobs");
  const hostile = "\u001b[31mred\u0007\u009b2J";
  await publish(JOBS, startLine(1, T, { user: "somebody-private", project: "secret-project" }));
  await publish(JOBS, startLine(2, T, { user: "somebody-private", [hostile]: 1 }));
  await publish(JOBS, `job,function=${hostile} event="somebody-private" 1`);
  await publish(JOBS, `${hostile} somebody-private`);
  await drained("ingest-jobs");
  expect(await db.selectFrom("dead_letter").select("id").execute()).toHaveLength(3);
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);

  const rejected = service.log.filter(({ msg }) => msg === "line rejected");
  expect(rejected).toHaveLength(3);
  for (const line of [...service.stdout, ...service.stderr]) {
    expect(line).not.toMatch(/somebody-private|secret-project/);
    expect(line).not.toMatch(controlCharacters);
  }
});
