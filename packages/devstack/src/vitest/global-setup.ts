import type { TestProject } from "vitest/node";
import setUpNats from "./nats-setup.js";
import setUpPostgres from "./postgres-setup.js";

/** A vitest globalSetup: what `useNats` and `useDatabase` need. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await setUpNats(project);
  return setUpPostgres(project);
}
