import { beforeAll, expect, test } from "vitest";
import { breaks } from "./breaks.js";
import { connectionPolicies } from "./connections.js";
import { policies } from "./policies.js";
import { type Rendering, renderAll } from "./render.js";
import { scalingPolicies } from "./scaling.js";
import { services } from "./site.js";

const all = { ...policies, ...connectionPolicies, ...scalingPolicies };

let renderings: Rendering[];
beforeAll(async () => {
  renderings = await renderAll();
});

test.each(Object.entries(all))("%s", (_, policy) => {
  for (const { objects } of renderings) expect(services(objects).length).toBeGreaterThan(1);
  const faults = renderings.flatMap(({ name, objects }) =>
    policy(objects).map((fault) => `${name}: ${fault}`),
  );
  expect(faults).toEqual([]);
});

test.each(Object.entries(all))("noticed when broken: %s", (name, policy) => {
  const changes = breaks[name] ?? [];
  expect(changes.length).toBeGreaterThan(0);
  for (const { rendering, change } of changes) {
    const found = renderings.find((each) => each.name === rendering);
    const objects = structuredClone(found?.objects ?? []);
    change(objects);
    expect(policy(objects), `${name}: ${change.toString()}`).not.toEqual([]);
  }
});
