import { expect, test } from "vitest";
import { read, sources, workspacePackages } from "./workspace.js";

const packages = workspacePackages();
const apps = packages.filter(({ folder }) => folder.startsWith("apps/"));

test("the workspace is found", () => {
  expect(apps.map(({ folder }) => folder)).toContain("apps/ingest-jobs");
  expect(packages.map(({ folder }) => folder)).toContain("packages/protocol");
});

test("protocol and config need no other package", () => {
  const leaves = packages.filter(({ folder }) => /^packages\/(protocol|config)$/.test(folder));
  expect(leaves.map(({ name, dependencies }) => [name, dependencies])).toEqual([
    ["@cc-ingest/config", []],
    ["@cc-ingest/protocol", []],
  ]);
});

test("nothing needs an app", () => {
  const names = new Set(apps.map(({ name }) => name));
  const needing = packages.filter(({ dependencies }) => dependencies.some((name) => names.has(name)));
  expect(needing.map(({ name }) => name)).toEqual([]);
});

test("nothing imports an app: tests start them as processes", () => {
  const names = apps.map(({ name }) => name).join("|");
  const importing = new RegExp(`from "(?:${names})["/]|import\\("(?:${names})["/]`);
  const found = packages
    .flatMap(({ folder }) => sources(folder))
    .filter((file) => importing.test(read(file)));
  expect(found).toEqual([]);
});

test("no import reaches into another package's folder", () => {
  const reaching = packages.flatMap(({ folder }) =>
    sources(folder).filter((file) => /from "@cc-ingest\/[a-z-]+\/(?:src|dist)\//.test(read(file))),
  );
  expect(reaching).toEqual([]);
});

test("no source file is longer than 300 lines", () => {
  const files = [...packages.map(({ folder }) => folder), "infra"].flatMap(sources);
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => read(file).split("\n").length > 301)).toEqual([]);
});
