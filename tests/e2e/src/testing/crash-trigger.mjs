// For tests alone: makes a service act on messages that hold one of these words while it decodes them.
// Usage: node --import ./crash-trigger.mjs main.js
import { registerHooks } from "node:module";

const DECODER = "/protocol/dist/message/decode-message.js";

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(DECODER)) return loaded;
    const source = Buffer.from(loaded.source ?? "").toString();
    const patched = source.replace("export function* decodeMessage(", "function* decodeReally(");
    if (patched === source) throw new Error("crash-trigger: decodeMessage is not where it was");
    return { ...loaded, source: `${patched}\n${trigger}` };
  },
});

const trigger = `
export function* decodeMessage(input, options) {
  const text = Buffer.from(input).toString("latin1");
  if (text.includes("kills-the-process")) process.kill(process.pid, "SIGKILL");
  if (text.includes("blocks-the-event-loop")) for (;;);
  if (text.includes("eats-the-memory")) for (const eaten = []; ; ) eaten.push(new Array(1e6).fill(eaten.length));
  if (text.includes("throws-our-own-error")) throw new TypeError("a bug of ours");
  yield* decodeReally(input, options);
}`;
