import { beforeAll, expect, test } from "vitest";
import type { KubernetesObject } from "./objects.js";
import { type Rendering, renderAll } from "./render.js";
import { type Schemas, loadSchemas } from "./schemas.js";

let schemas: Schemas;
let renderings: Rendering[];
beforeAll(async () => {
  [schemas, renderings] = await Promise.all([loadSchemas(), renderAll()]);
});

test("every overlay and every component renders", () => {
  expect(renderings.map(({ name }) => name).toSorted()).toEqual([
    "base + hpa",
    "base + keda",
    "base + monitoring",
    "base + nack",
    "base + network-policies",
    "base + otel",
    "development",
    "production",
  ]);
  for (const { objects } of renderings) expect(objects.length).toBeGreaterThan(10);
});

test("every object is what an API server takes, unknown fields refused", () => {
  const problems = renderings.flatMap(({ name, objects }) =>
    objects.flatMap((object) => schemas.problems(object).map((problem) => `${name}: ${problem}`)),
  );
  expect(problems).toEqual([]);
});

test.each([
  ["apps/v1", "Deployment", ["spec", "template", "spec", "containers", "0", "livenesProbe"]],
  ["apps/v1", "Deployment", ["spec", "template", "spec", "securityContext", "runAsNonroot"]],
  ["policy/v1", "PodDisruptionBudget", ["spec", "maxUnavailabel"]],
  ["networking.k8s.io/v1", "NetworkPolicy", ["spec", "policyType"]],
  ["keda.sh/v1alpha1", "ScaledObject", ["spec", "minReplicas"]],
  ["jetstream.nats.io/v1beta2", "Consumer", ["spec", "ack_policy"]],
  ["jetstream.nats.io/v1beta2", "Stream", ["metadata", "label"]],
  ["monitoring.coreos.com/v1", "PodMonitor", ["spec", "podMetricsEndpoints", "0", "targetport"]],
])("%s %s: a field that is unknown at %j is refused", (apiVersion, kind, path) => {
  const { copy, parent } = copyOf(apiVersion, kind, path);
  expect(schemas.problems(copy)).toEqual([]);
  parent[path.at(-1) ?? ""] = {};
  expect(schemas.problems(copy)).toEqual([expect.stringContaining("must NOT have additional properties")]);
});

test.each([
  ["batch/v1", "Job", ["spec", "backoffLimit"], "twenty"],
  ["apps/v1", "Deployment", ["spec", "template", "spec", "containers"], undefined],
  ["keda.sh/v1alpha1", "ScaledObject", ["spec", "triggers"], undefined],
  ["jetstream.nats.io/v1beta2", "Consumer", ["spec", "ackPolicy"], "some"],
])("%s %s: %j as %j is refused", (apiVersion, kind, path, value) => {
  const { copy, parent } = copyOf(apiVersion, kind, path);
  if (value === undefined) delete parent[path.at(-1) ?? ""];
  else parent[path.at(-1) ?? ""] = value;
  expect(schemas.problems(copy)).not.toEqual([]);
});

test("an object of a kind that no API server knows is refused", () => {
  const object = { apiVersion: "apps/v1beta1", kind: "Deployment", metadata: { name: "old" } };
  expect(schemas.problems(object)).toEqual(["no API server knows apps/v1beta1 Deployment"]);
});

type Tree = Record<string, unknown>;

/** Of the first object of this kind, and what the last step of the path is in. */
function copyOf(
  apiVersion: string,
  kind: string,
  path: readonly string[],
): { copy: KubernetesObject; parent: Tree } {
  const found = renderings
    .flatMap(({ objects }) => objects)
    .find((object) => object.apiVersion === apiVersion && object.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} is rendered`);
  const copy = structuredClone(found);
  let parent = copy as unknown as Tree;
  for (const step of path.slice(0, -1)) parent = parent[step] as Tree;
  return { copy, parent };
}
