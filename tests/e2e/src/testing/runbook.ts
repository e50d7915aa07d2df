import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { text } from "node:stream/consumers";
import { recordOutput } from "@cc-ingest/devstack";
import { expect } from "vitest";
import { main } from "./ccingest.js";

const directory = new URL("../../../../infra/runbooks/", import.meta.url);

export interface Runbook {
  /** Runs the next commands that stand in it, and expects what it says of their end. */
  next(env?: Readonly<Record<string, string>>): Promise<string>;
  /** Fails when some of its commands have not been run. */
  finished(): void;
}

interface Block {
  readonly commands: string;
  readonly fails: boolean;
}

export function runbookNames(): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .map((name) => name.slice(0, -".md".length))
    .toSorted();
}

export function openRunbook(name: string, env: Readonly<Record<string, string>>): Runbook {
  const blocks = blocksOf(readFileSync(new URL(`${name}.md`, directory), "utf8"));
  expect(blocks.length).toBeGreaterThan(0);
  return {
    async next(more = {}) {
      const block = blocks.shift();
      if (block === undefined) throw new Error(`${name}.md has no further commands`);
      const { code, output } = await run(block.commands, { ...env, ...more });
      expect({ code, output }).toEqual({ code: block.fails ? 1 : 0, output: expect.any(String) });
      return output;
    },
    finished: () => expect(blocks).toEqual([]),
  };
}

/** The fenced blocks marked `sh`, or `sh fails`. */
function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```sh( fails)?\n([^]*?)^```$/gm)].map(([, fails, commands = ""]) => ({
    commands,
    fails: fails !== undefined,
  }));
}

/** As a person would, with `ccingest` in the path. */
async function run(
  commands: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: unknown; output: string }> {
  const script = `set -euo pipefail\nccingest() { "${process.execPath}" "${main}" "$@"; }\n${commands}`;
  const child = spawn("bash", ["-c", script], { env: { PATH: process.env["PATH"], ...env } });
  const exit = once(child, "exit");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exit) as unknown[];
  recordOutput("runbook", env, stdout + stderr);
  return { code, output: `${stdout}${stderr}` };
}
