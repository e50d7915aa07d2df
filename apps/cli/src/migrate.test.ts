import { useDatabase } from "@cc-ingest/devstack/testing";
import { expect, it } from "vitest";
import { ccingest } from "./testing/ccingest.js";

const empty = useDatabase({ template: "empty", migrate: async () => {} });

it("names the migrations it applied, and has nothing to do the second time", async () => {
  const env = { DATABASE_URL: empty().url };
  const first = await ccingest(["migrate"], { env });
  expect([first.exit, first.stderr]).toEqual([0, ""]);
  expect(first.stdout).toMatch(/^(applied \d{4}-\S+\n)+$/);
  expect(await ccingest(["migrate"], { env })).toMatchObject({
    exit: 0,
    stdout: "the schema is up to date, nothing to do\n",
  });
  const json = await ccingest(["migrate", "--json"], { env });
  expect(JSON.parse(json.stdout)).toEqual({ applied: [] });
});
