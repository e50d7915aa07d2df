import { accessSync } from "node:fs";
import { registerHooks } from "node:module";
import { CHANGES_VARIABLE, type TextChange, changedLine } from "./text-change.ts";

// `node --import` this module: it changes the text of built modules as they are loaded. A change that does not fit ends the
// process, as does one of a module that does not exist, so that none is missed in silence.

const changes = JSON.parse(process.env[CHANGES_VARIABLE] ?? "[]") as readonly TextChange[];
for (const { file } of changes) accessSync(new URL(`../../../../packages/${file}`, import.meta.url));

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const fitting = changes.filter(({ file }) => url.endsWith(`/${file}`));
    if (fitting.length === 0) return loaded;
    const { source } = loaded;
    if (source === undefined || source === null) throw new Error(`${url} has no text to change`);
    const text = typeof source === "string" ? source : Buffer.from(source as Uint8Array).toString();
    return { ...loaded, source: fitting.reduce(applied, text) };
  },
});

function applied(text: string, change: TextChange): string {
  const parts = text.split(change.find);
  if (parts.length !== 2)
    throw new Error(`${change.file} has ${parts.length - 1} times what is to be changed: ${change.find}`);
  process.stderr.write(`${changedLine(change)}\n`);
  return parts.join(change.replace);
}
