import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventLine, startPayload } from "../testing/events.js";
import { numRuns } from "../testing/runs.js";
import { peekIdentity } from "./peek-identity.js";

const peek = (line: string) => peekIdentity(new TextEncoder().encode(line));
const start = { ...startPayload, cluster: "fritz", jobId: 1_403_244 };

describe("the identity of a line that can't be decoded", () => {
  it.each([
    ["a sound line", eventLine("start_job", start), "fritz", 1_403_244n],
    [
      "an unknown key before them",
      String.raw`job,function=x event="{\"a\":[{}],\"jobId\":7,\"cluster\":\"c\"}" 5`,
      "c",
      7n,
    ],
    [
      "the largest jobId, exactly",
      String.raw`job event="{\"jobId\":9223372036854775807}"`,
      undefined,
      2n ** 63n - 1n,
    ],
    ["one beyond it", String.raw`job event="{\"jobId\":9223372036854775808}"`, undefined, undefined],
    ["a line that breaks off behind them", String.raw`job event="{\"cluster\":\"c\",\"jobId\":7,`, "c", 7n],
    ["one that breaks off inside", String.raw`job event="{\"cluster\":\"c`, undefined, undefined],
    ["escapes", String.raw`job event="{\"cluster\" : \"a\\u0062\\\"c\"}"`, 'ab"c', undefined],
    ["the last of equal keys", String.raw`job event="{\"cluster\":\"a\",\"cluster\":\"b\"}"`, "b", undefined],
    [
      "other types",
      String.raw`job event="{\"jobId\":\"7\",\"cluster\":1,\"x\":{\"jobId\":1}}"`,
      undefined,
      undefined,
    ],
    ["a fraction", String.raw`job event="{\"jobId\":7.5}"`, undefined, undefined],
    ["a negative number", String.raw`job event="{\"jobId\":-7}"`, undefined, undefined],
    ["what Postgres can't hold", String.raw`job event="{\"cluster\":\"a\\u0000\"}"`, undefined, undefined],
    [
      "what stands deeper",
      String.raw`job event="{\"m\":{\"cluster\":\"x\"},\"l\":[{\"jobId\":3}]}"`,
      undefined,
      undefined,
    ],
    [
      "what stands in a string",
      String.raw`job event="{\"s\":\"\\\"jobId\\\":3,\\\"cluster\\\":\\\"x\\\"\"}"`,
      undefined,
      undefined,
    ],
    ["no event", "nonsense", undefined, undefined],
    ["nothing", "", undefined, undefined],
  ])("%s", (_, line, cluster, jobId) => {
    expect(peek(line)).toEqual({ cluster, jobId });
  });

  it("is that of any payload, however it is nested, and of no bytes at all", () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .filter((s) => !s.includes("\0"));
    fc.assert(
      fc.property(fc.jsonValue(), name, fc.integer({ min: 1 }), (noise, cluster, jobId) => {
        expect(peek(eventLine("start_job", { noise, cluster, more: [noise], jobId }))).toEqual({
          cluster,
          jobId: BigInt(jobId),
        });
      }),
      { numRuns },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        peekIdentity(bytes);
      }),
      { numRuns },
    );
  });
});
