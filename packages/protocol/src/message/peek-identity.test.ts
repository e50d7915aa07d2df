import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventLine, startPayload } from "../testing/events.js";
import { numRuns } from "../testing/runs.js";
import { bytesOf, raw } from "../testing/marked-input.js";
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

  const identity = (json: string, more = "") => {
    const { cluster, jobId } = peekIdentity(
      bytesOf(`job,function=x event="${json.replaceAll(/[\\"]/g, "\\$&")}"${more}`),
    );
    return [cluster, jobId];
  };

  it.each<[string, string | undefined, bigint | undefined]>([
    ['{"jobId" \t\r\n :\t\r\n 95}', undefined, 95n],
    ['{"jobId":9,"cluster"\n:"c"}', "c", 9n],
    ['{"jobId":7 8}', undefined, 7n],
    ['{"jobId":0}', undefined, undefined],
    ['{"jobId":7e3}', undefined, undefined],
    ['{"jobId":7E3}', undefined, undefined],
    ['{"jobId":1234567890123456789}', undefined, 1234567890123456789n],
    ['{"jobId":12345678901234567890}', undefined, undefined],
    ['{"jobId":7', undefined, 7n],
    ['{"jobId":[7]}', undefined, undefined],
    ['{"jobId":null,5}', undefined, undefined],
    ['{"cluster":1,"b"}', undefined, undefined],
    ['{"x":[1,{"cluster":"a","jobId":3}],"cluster":"b","jobId":4}', "b", 4n],
    ['{"x":{"y":[]},"cluster":"b"}', "b", undefined],
    ['[{"cluster":"a","jobId":3}]', undefined, undefined],
    ['"cluster":"a","jobId":3', undefined, undefined],
    ['{"name":"cluster","cluster":"c"}', "c", undefined],
    ['{"name":"a\\"b","cluster":"c"}', "c", undefined],
    ['{"name":"a\\\\","cluster":"c\\nd"}', "c\nd", undefined],
    ['{"cluster":""}', undefined, undefined],
    [`{"cluster":"${"x".repeat(255)}"}`, "x".repeat(255), undefined],
    [`{"cluster":"${"x".repeat(256)}"}`, undefined, undefined],
    ['{"cluster":"\\ud800"}', undefined, undefined],
    ['{"cluster":"a\\q"}', undefined, undefined],
    [`{"cluster":"a${raw(0xff)}","jobId":3}`, undefined, 3n],
    ['{"cluster":"größe"}', "größe", undefined],
    ['{"CLUSTER":"c","jobid":3}', undefined, undefined],
  ])("as far as it can be read: %s", (json, cluster, jobId) => {
    expect(identity(json)).toStrictEqual([cluster, jobId]);
  });

  it("stands in the field event, and nowhere behind it", () => {
    expect(identity('{"jobId":3', ',x="cluster"')).toStrictEqual([undefined, 3n]);
    expect(peek(String.raw`job,e=ev x="even",event="{\"jobId\":3}"`).jobId).toBe(3n);
    expect(peek(String.raw`job other="{\"jobId\":3}"`)).toEqual({ cluster: undefined, jobId: undefined });
    expect(peek('job event="{')).toEqual({ cluster: undefined, jobId: undefined });
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
