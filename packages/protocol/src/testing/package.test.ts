import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

const src = new URL("../", import.meta.url);
const shipped = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
  (path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.startsWith("testing"),
);

describe("the package", () => {
  it("has no dependencies and imports nothing but its own files, so that it runs anywhere", () => {
    const imports = shipped.flatMap((path) => {
      const text = readFileSync(new URL(path, src), "utf8");
      return [...text.matchAll(/\bfrom "([^"]+)"/g)].map(([, from]) => from);
    });
    expect(imports.length).toBeGreaterThan(50);
    expect(imports.filter((from) => !from?.startsWith("."))).toStrictEqual([]);
    const manifest = JSON.parse(readFileSync(new URL("../package.json", src), "utf8")) as object;
    expect(manifest).not.toHaveProperty("dependencies");
  });

  it("keeps its files short", () => {
    const long = shipped.filter((path) => readFileSync(new URL(path, src), "utf8").split("\n").length > 300);
    expect(long).toStrictEqual([]);
  });
});
