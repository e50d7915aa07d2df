import type { WebEnv } from "@cc-ingest/web";
import type { Context } from "hono";

/** Answers with JSON that is text already. */
export function jsonAnswer(c: Context<WebEnv>, text: string): Response {
  return c.body(text, 200, { "Content-Type": "application/json" });
}

/** Not in the library's types yet. Source: the proposal "JSON.parse source text access". */
const exact = JSON as unknown as { rawJSON(text: string): unknown };

/** JSON of plain values; integers of 64 bits are written out. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "bigint" ? exact.rawJSON(String(each)) : each,
  );
}
