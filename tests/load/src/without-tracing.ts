import { registerHooks } from "node:module";

// Takes the calls for tracing out of a service, which tells what they cost while tracing is off.
// Usage: node --import ./without-tracing.ts main.js

const TELEMETRY = "/telemetry/dist/index.js";

const without: readonly (readonly [RegExp, string])[] = [
  [
    /^export \{.*\} from "\.\/spans\.js";$/m,
    `export const withSpan = (name, options, run) => run();
     export const withBatchSpan = (options, run) => run();`,
  ],
  [
    /^export \{.*\} from "\.\/trace-context\.js";$/m,
    `export const injectTraceContext = () => {};
     export const extractTraceContext = () => undefined;`,
  ],
];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(TELEMETRY)) return loaded;
    let source = Buffer.from(loaded.source as Uint8Array).toString();
    for (const [exported, nothing] of without) {
      if (!exported.test(source)) throw new Error(`without-tracing: ${exported.source} is not in ${url}`);
      source = source.replace(exported, nothing);
    }
    return { ...loaded, source };
  },
});
