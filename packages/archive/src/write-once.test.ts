import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useDirectory } from "./testing/directory.js";
import { writeOnce } from "./write-once.js";

const directory = useDirectory();
const content = async (): Promise<string> => await readFile(join(directory(), "a"), "utf8");

test("the file has its name only when it is whole", async () => {
  await writeOnce(directory(), "a", async (file) => {
    await file.writeFile("on");
    expect(await readdir(directory())).toEqual([expect.stringMatching(/^a\.[0-9a-f]+\.unfinished$/)]);
    await file.writeFile("ce");
  });
  expect(await readdir(directory())).toEqual(["a"]);
  expect(await content()).toBe("once");
});

test("a file that is there is not written again", async () => {
  await writeFile(join(directory(), "a"), "first");
  await writeOnce(directory(), "a", () => Promise.reject(new Error("written again")));
  expect(await content()).toBe("first");
});

test("nor is one that comes while another is written", async () => {
  await writeOnce(directory(), "a", async (file) => {
    await file.writeFile("second");
    await writeFile(join(directory(), "a"), "first");
  });
  expect(await readdir(directory())).toEqual(["a"]);
  expect(await content()).toBe("first");
});

test("one that fails leaves nothing", async () => {
  const failing = writeOnce(directory(), "a", async (file) => {
    await file.writeFile("half");
    throw new Error("no more");
  });
  await expect(failing).rejects.toThrow("no more");
  expect(await readdir(directory())).toEqual([]);
});

test("one that was thought dead and taken over does not give the other's half a name", async () => {
  const overtaken = writeOnce(directory(), "a", async (file) => {
    await file.writeFile("slow");
    await writeOnce(directory(), "a", async (other) => {
      await other.writeFile("fast");
    });
  });
  await overtaken.catch(() => {});
  expect(await readdir(directory())).toEqual(["a"]);
  expect(await content()).toBe("fast");
});
