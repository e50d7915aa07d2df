import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeProgram } from "../testing/program.js";
import { useTempDirectory } from "../vitest/temp-directory.js";
import { findChromium } from "./find-chromium.js";

const directory = useTempDirectory();
let machines = 0;

/** A machine that has nothing: each test adds the one way it is about. */
async function bareMachine() {
  machines += 1;
  const home = join(directory(), `machine-${machines}`);
  const bin = join(home, "bin");
  await mkdir(bin, { recursive: true });
  const messages: string[] = [];
  const env = { PATH: bin, XDG_CACHE_HOME: join(home, "cache") };
  return {
    bin,
    messages,
    unpacked: join(home, "cache", "cc-ingest", "chromium", "debian", "usr"),
    find: async (more: NodeJS.ProcessEnv = {}) =>
      await findChromium({ env: { ...env, ...more }, onProgress: (message) => messages.push(message) }),
  };
}

it("takes the one that CHROMIUM names before the one in PATH", async () => {
  const { bin, find } = await bareMachine();
  await writeProgram(bin, "chromium", "exit 0");
  const named = await writeProgram(join(bin, "own"), "my-browser", "exit 0");
  expect(await find({ CHROMIUM: named })).toEqual({ path: named, env: {} });
});

it("takes no other when the one that CHROMIUM names does not run", async () => {
  const { bin, find } = await bareMachine();
  await writeProgram(bin, "chromium", "exit 0");
  const named = await writeProgram(join(bin, "own"), "my-browser", "exit 1");
  await expect(find({ CHROMIUM: named })).rejects.toMatchObject({
    code: "chromium_not_found",
    message: expect.stringContaining(named),
  });
});

it("passes over one in PATH that does not run", async () => {
  const { bin, find } = await bareMachine();
  await writeProgram(bin, "chromium", "exit 127");
  const path = await writeProgram(bin, "google-chrome", "exit 0");
  expect(await find()).toEqual({ path, env: {} });
});

it("takes the unpacked one with its libraries and fonts, and fetches nothing", async () => {
  const { unpacked, messages, find } = await bareMachine();
  const libraries = join(unpacked, "lib", "somewhere");
  await writeProgram(libraries, "libnss3.so.1", "");
  const browser = join(unpacked, "lib", "chromium");
  const path = await writeProgram(
    browser,
    "chromium-headless-shell",
    `[ "$LD_LIBRARY_PATH" = "${libraries}" ] && [ -f "$FONTCONFIG_FILE" ]`,
  );
  expect(await find()).toMatchObject({ path, env: { LD_LIBRARY_PATH: libraries } });
  expect(messages).toEqual([]);
});

it("says why there is none, and what to do", async () => {
  const { find } = await bareMachine();
  await expect(find()).rejects.toMatchObject({
    code: "chromium_not_found",
    message: expect.stringMatching(/no apt-get in PATH.*Install it into PATH, or name it in CHROMIUM/),
  });
});
