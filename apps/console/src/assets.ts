import { readFileSync, readdirSync } from "node:fs";
import { Hono } from "hono";
import type { Assets } from "./views/layout.js";

const FOR_EVER = "public, max-age=31536000, immutable";
const types: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

const built = new URL("./", import.meta.url);

/** The names that the build has given to script and style, which tell their content. */
export function builtAssets(): Assets {
  const names = JSON.parse(readFileSync(new URL("assets.json", built), "utf8")) as Record<string, string>;
  const { "main.js": script, "main.css": style } = names;
  if (script === undefined || style === undefined) throw new Error("the console's assets are not built");
  return { script, style };
}

/** Serves them, and nothing else, to everybody. */
export function assetRoutes(): Hono {
  const directory = new URL("assets/", built);
  const files = new Map(readdirSync(directory).map((name) => [name, readFileSync(new URL(name, directory))]));
  const routes = new Hono();
  routes.get("/:name", (c) => {
    const name = c.req.param("name");
    const bytes = files.get(name);
    if (bytes === undefined) return c.notFound();
    c.header("Content-Type", types[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream");
    c.header("Cache-Control", FOR_EVER);
    return c.body(new Uint8Array(bytes));
  });
  return routes;
}
