import { readFileSync } from "node:fs";
import { format } from "node:util";
import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import * as protocol from "../index.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code = ""]) => code);

type Example = (library: typeof protocol, console: { log: (...values: unknown[]) => void }) => void;

describe("the examples of the README", () => {
  it.each(examples)("%#: print what they say", (code) => {
    const body = code.replaceAll(
      /^import (\{[^}]*\}) from "@cc-ingest\/protocol";$/gm,
      "const $1 = protocol;",
    );
    const run = runInThisContext(`(protocol, console) => {${body}}`) as Example;
    const printed: string[] = [];
    run(protocol, { log: (...values) => printed.push(...format(...values).split("\n")) });
    const promised = code.split("\n").filter((line) => line.startsWith("// → "));
    expect(printed.map((line) => `// → ${line}`)).toStrictEqual(promised);
  });

  it("are there", () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });

  it("leave out no reject code by mistake: the list is closed and without repetitions", () => {
    expect(new Set(protocol.rejectCodes).size).toBe(protocol.rejectCodes.length);
    expect(new Set(protocol.encodeErrorCodes).size).toBe(protocol.encodeErrorCodes.length);
  });
});
