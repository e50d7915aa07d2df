import { expect, test } from "vitest";
import { read } from "../workspace.js";
import { healthCheck, imageInstructions } from "./image.js";
import { startOptions } from "./site.js";

const dockerfile = read("infra/docker/Dockerfile");
const instructions = imageInstructions();
const all = (name: string) => instructions.filter((each) => each.name === name).map(({ text }) => text);

test("both bases are build arguments, pinned by digest", () => {
  const bases = [...dockerfile.matchAll(/^ARG (\w+_IMAGE)=(.*)$/gm)].map(([, name, image]) => [name, image]);
  const pinned = expect.stringMatching(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  expect(bases).toEqual([
    ["BUILD_IMAGE", pinned],
    ["BASE_IMAGE", pinned],
  ]);
  expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual([
    "${BUILD_IMAGE}",
    "${BASE_IMAGE}",
  ]);
});

test("the image is that of an ordinary user, and made without a shell of its own", () => {
  expect(all("USER")).toEqual(["65532:65532"]);
  expect(all("RUN")).toEqual([]);
  expect(all("ENTRYPOINT")).toEqual(['["/usr/local/bin/node", "dist/main.js"]']);
  expect(healthCheck()[0]).toBe("/usr/local/bin/node");
});

test("the image starts Node as the services' packages do, and bears their version", () => {
  const [env = ""] = all("ENV");
  expect(env).toContain(`NODE_OPTIONS="${startOptions("ingest-nodestate")}"`);
  const { version } = JSON.parse(read("package.json")) as { version: string };
  expect(all("ARG")).toContain(`VERSION=${version}`);
  expect(all("LABEL")[0]).toMatch(
    /image\.title=.*image\.version="\$\{VERSION\}".*image\.revision="\$\{BUILD_COMMIT\}"/,
  );
});

test("what was installed or built here does not get into it", () => {
  const ignored = read("infra/docker/Dockerfile.dockerignore").split("\n");
  expect(ignored).toEqual(expect.arrayContaining([".git", "**/node_modules", "**/dist", "**/.cc-ingest"]));
});
