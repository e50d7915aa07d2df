import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { decodeLines } from "../line/decode-lines.js";
import { bytesOf } from "../testing/marked-input.js";
import { eventLine, startPayload, streamTime } from "../testing/events.js";
import { decodeMessage } from "./decode-message.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Decodes a copy of the text, keeps what `decode` returns, and tells whether the copy could be freed. */
async function frees(text: string, decode: (input: Uint8Array) => unknown): Promise<boolean> {
  const use = (): [WeakRef<ArrayBufferLike>, unknown] => {
    const input = bytesOf(text);
    return [new WeakRef(input.buffer), decode(input)];
  };
  const [buffer, kept] = use();
  // A WeakRef holds its target until the current job has ended.
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  collectGarbage();
  return kept !== undefined && buffer.deref() === undefined;
}

const metaData = { jobScript: "x\n".repeat(50_000), umlaut: "größe" };
const line = eventLine("start_job", { ...startPayload, metaData, user: "a-user-with-a-long-name" });

describe("an input is not kept once it has been decoded", () => {
  it.each([
    ["a message", line],
    ["a message with a fault in its payload", line.replace("jobId", "jobIds")],
    ["a message with a fault in its line", `${line} x`],
  ])("%s", async (_, text) => {
    const decode = (input: Uint8Array): unknown =>
      [...decodeMessage(input, { streamTime })].map(({ raw: _raw, ...kept }) => kept);
    expect(await frees(text, decode)).toBe(true);
  });

  it("lines", async () => {
    const decode = (input: Uint8Array): unknown =>
      [...decodeLines(input)].map(({ raw: _raw, ...kept }) => kept);
    expect(await frees(`${line}\n${line}\nbad`, decode)).toBe(true);
  });

  it("unless its bytes are kept", async () => {
    expect(await frees(line, (input) => [...decodeMessage(input, { streamTime })])).toBe(false);
  });
});
