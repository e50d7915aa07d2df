import { rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "esbuild";

await rm("dist/assets", { recursive: true, force: true });
// What browsers get: named by its content, so that it can be kept for ever, and `assets.json` to find it by.
const { metafile } = await build({
  entryPoints: { console: "src/client/main.ts", style: "src/style/main.css" },
  outdir: "dist/assets",
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox121", "safari17.5"],
  metafile: true,
  logLevel: "warning",
});
const names = Object.entries(metafile.outputs).map(([path, { entryPoint }]) => [
  basename(entryPoint ?? "").replace(/\.ts$/, ".js"),
  basename(path),
]);
await writeFile("dist/assets.json", JSON.stringify(Object.fromEntries(names)));
