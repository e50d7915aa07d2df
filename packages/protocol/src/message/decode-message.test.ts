import { describe, expect, it } from "vitest";
import {
  decodeAll,
  decodeOne,
  eventLine,
  recently,
  startPayload,
  stopPayload,
  streamTime,
  verdict,
} from "../testing/events.js";
import { markedInput } from "../testing/marked-input.js";
import { decodeMessage } from "./decode-message.js";

const start = eventLine("start_job", startPayload);
const stop = eventLine("stop_job", stopPayload);
const nodes = eventLine("nodestate", { cluster: "fritz", nodes: [] });

describe("every line that is neither blank nor a comment gives one outcome", () => {
  it("in order, a bad one between good ones", () => {
    const outcomes = decodeAll(`# a comment\n${start}\n\r\nbad line\n${stop}\n  \n${nodes}`);
    expect(outcomes.map((outcome) => [outcome.line, outcome.kind])).toStrictEqual([
      [2, "start_job"],
      [4, "rejected"],
      [5, "stop_job"],
      [7, "nodestate"],
    ]);
  });

  it("and none when there is none", () => {
    expect(decodeAll("")).toStrictEqual([]);
    expect(decodeAll("\n# only this\n")).toStrictEqual([]);
  });

  it("with the bytes of the line, as a view of the input", () => {
    const bytes = new TextEncoder().encode(`${start}\r\nbad\n`);
    const raws = [...decodeMessage(bytes, { streamTime })].map(({ raw }) => raw);
    expect(raws.map((raw) => Buffer.from(raw).toString())).toStrictEqual([start, "bad"]);
    expect(raws[0]?.buffer).toBe(bytes.buffer);
  });

  it("even when two messages are read in turns", () => {
    const one = decodeMessage(new TextEncoder().encode(`${start}\n${stop}`), { streamTime });
    const two = decodeMessage(new TextEncoder().encode(`${nodes}\n${start}`), { streamTime });
    const kinds = [one, two, one, two].map((outcomes) => (outcomes.next().value as { kind: string }).kind);
    expect(kinds).toStrictEqual(["start_job", "nodestate", "stop_job", "start_job"]);
  });
});

describe("what a line is", () => {
  it.each([
    ["foo v=1", "unsupported_measurement"],
    ['jobs,function=start_job event="{}"', "unsupported_measurement"],
    ['nodestates event="{}"', "unsupported_measurement"],
    ['job event="{}"', "missing_function"],
    ['job,functions=start_job event="{}"', "missing_function"],
    ['job,function=start event="{}"', "unknown_function"],
    ['job,function=start_jobs event="{}"', "unknown_function"],
    ['job,function=sto\\ p event="{}"', "unknown_function"],
    ["job,function=stop_job value=1", "missing_event"],
    ['job,function=stop_job events="{}"', "missing_event"],
    ["job,function=stop_job event=1", "event_not_string"],
    ["job,function=stop_job event=t", "event_not_string"],
    ["nodestate value=1", "missing_event"],
    ["nodestate event=1i", "event_not_string"],
    ["nodestate,function=foo v=1", "missing_event"],
  ])("%s: %s", (line, code) => {
    expect(verdict(decodeOne(line))).toBe(code);
    expect(decodeOne(line)).toMatchObject({
      line: 1,
      column: 1,
      message: expect.stringMatching(/\w/) as string,
    });
  });

  it("is told in the message", () => {
    expect(decodeOne("a\\ b v=1")).toHaveProperty("message", expect.stringContaining('"a b"'));
    expect(decodeOne("job,function=a\\ b v=1")).toHaveProperty(
      "message",
      expect.stringContaining('the function "a b"'),
    );
  });

  it.each([
    [`job,type=node,function=start_job,hostname=fmgmt1,type-id=0 ${start.split(" ")[1]}`, "start_job"],
    [`job,function=stop_job,function=start_job ${start.split(" ")[1]}`, "start_job"],
    [`job,function=foo,function=start_job ${start.split(" ")[1]}`, "start_job"],
    [`job,function=start_job,function=foo ${start.split(" ")[1]}`, "unknown_function"],
    [`nodestate,function=start_job ${nodes.split(" ")[1]}`, "nodestate"],
    [`nodestate a=1,${nodes.split(" ")[1]},b="x\\"y"`, "nodestate"],
    [`nodestate event="bad",${nodes.split(" ")[1]}`, "nodestate"],
    [`nodestate event=1,${nodes.split(" ")[1]}`, "nodestate"],
    [`${nodes},event=1`, "event_not_string"],
    [`${nodes},event="{}"`, "missing_key at cluster"],
    [`${nodes},event="{"`, "json_syntax"],
    [`${nodes},other="\\\\"`, "nodestate"],
    [`nodestate ev\\ ent="x",${nodes.split(" ")[1]}`, "nodestate"],
  ])(
    "depends on neither order nor further tags and fields; the last of equal keys wins: %s",
    (line, expected) => {
      expect(verdict(decodeOne(line))).toBe(expected);
    },
  );

  it("is forgotten on the next line", () => {
    const verdicts = decodeAll(
      `${start}\njob event="{}"\n${stop}\njob,function=stop_job v=1\njob,function=x v=1\njob v=1`,
    );
    expect(verdicts.map(verdict)).toStrictEqual([
      "start_job",
      "missing_function",
      "stop_job",
      "missing_event",
      "unknown_function",
      "missing_function",
    ]);
  });
});

describe("the time of an event", () => {
  it.each([
    [`${start} 1759996400123456789`, undefined, 1_759_996_400_123_456_789n],
    [`${start} 1759996400123`, "ms", 1_759_996_400_123_000_000n],
    [`${start} 1759996400`, "auto", 1_759_996_400_000_000_000n],
    [start, undefined, streamTime],
    [`${nodes} 946684800000000000`, undefined, 946_684_800_000_000_000n],
    [`${nodes} 1760086400000000000`, undefined, streamTime + 86_400_000_000_000n],
  ] as const)("%s in %s", (line, precision, eventTime) => {
    expect(decodeOne(line, precision === undefined ? {} : { precision })).toHaveProperty(
      "eventTime",
      eventTime,
    );
  });

  it.each([
    [`${nodes} 946684799000000000`, "absurd_time"],
    [`${nodes} 1760086401000000000`, "absurd_time"],
    [`${nodes} 0`, "absurd_time"],
    [`${nodes} -1759996400`, "absurd_time"],
    [`${nodes} 1759996400`, "looks_like_seconds"],
    [`${nodes} 1759996400000`, "looks_like_milliseconds"],
    [`${nodes} 1759996400000000`, "looks_like_microseconds"],
    [`${start} 5`, "absurd_time"],
    [`${stop} 1759996400`, "looks_like_seconds"],
  ])("is refused when it is absurd: %s is %s", (line, code) => {
    expect(verdict(decodeOne(line))).toBe(code);
  });

  it("is refused as far ahead of the broker's as the caller says", () => {
    const ahead = (seconds: bigint, maxAheadSeconds: number) =>
      verdict(decodeOne(`${nodes} ${streamTime + seconds * 1_000_000_000n}`, { maxAheadSeconds }));
    expect([ahead(300n, 300), ahead(301n, 300), ahead(1n, 0)]).toEqual([
      "nodestate",
      "absurd_time",
      "absurd_time",
    ]);
  });

  it("is refused before the payload is looked at, and after the line is", () => {
    expect(verdict(decodeOne('nodestate event="{}" 5'))).toBe("absurd_time");
    expect(verdict(decodeOne('nodestate event="{}" 5x'))).toBe("invalid_timestamp");
    expect(verdict(decodeOne("nodestate v=1 5"))).toBe("missing_event");
  });
});

describe("the place of a fault", () => {
  it.each([
    [`# x\njob,function=start_job event="{\\"jobId\\":▲1.5}"`, "wrong_type"],
    [`job,function=stop_job event="{\\"jobId\\":1,\n\\"stopTime\\":\n ▲\\"x\\"}"`, "wrong_type"],
    [`job,function=stop_job event="{\\n▲\\"a\\":1}"`, "unknown_key"],
    [`job,function=stop_job event="{\\"cluster\\":▲\\"a\\\\qb\\"}"`, "json_syntax"],
    [`job,function=stop_job event="{\\"jobId\\" ▲1}"`, "json_syntax"],
    [`job,function=stop_job event="▲{\\"jobId\\":1}"`, "missing_key"],
    [`job,function=stop_job event="{\\"jobId\\":1▲"`, "json_syntax"],
    [`job,function=stop_job event="▲[]"`, "wrong_type"],
    [`job,function=stop_job event="{}"▲x`, "unexpected_character"],
  ])("is given in lines and columns of the input: %s", (text, code) => {
    const { bytes, line, column } = markedInput(text);
    const [outcome] = decodeMessage(bytes, { streamTime });
    expect(outcome).toMatchObject({ kind: "rejected", code, line, column });
  });
});

describe("a payload ends where its string ends", () => {
  it.each([
    String.raw`nodestate event="{\"cluster\":\"a",x="b\"}"`,
    String.raw`nodestate event="{\"cluster\":\"a\\",x="b\"}"`,
    String.raw`nodestate event="{\"cluster\":\"a\"",x="}"`,
    String.raw`nodestate event="{\"cluster\":\"a\"\q}"`,
    `${nodes.slice(0, -1)}\0"`,
  ])("%s", (line) => {
    expect(verdict(decodeOne(line))).toMatch(/^json_syntax/);
  });

  it("and the line goes on behind it", () => {
    expect(verdict(decodeOne(nodes.slice(0, -1)))).toBe("unterminated_string");
    expect(decodeOne(`${nodes},x="y" ${streamTime}`)).toMatchObject({
      kind: "nodestate",
      eventTime: streamTime,
    });
  });
});

describe("doubtful UTF-8", () => {
  it("is read with care: U+FFFD itself is a character", () => {
    const line = eventLine("start_job", {
      ...startPayload,
      project: "a\ufffdb",
      metaData: { x: "é\ufffd\n" },
    });
    expect(decodeOne(`${line} ${recently}000000000`)).toMatchObject({
      job: { project: "a\ufffdb", metaData: { x: "é\ufffd\n" } },
    });
    expect(verdict(decodeOne(eventLine("start_job", { ...startPayload, "\ufffd": 1 })))).toBe(
      'unknown_key at ["\ufffd"]',
    );
    expect(verdict(decodeOne(`nodestate event="{\\"a\ufffd"`))).toBe("json_syntax");
  });

  it("does no harm to other characters", () => {
    const line = eventLine("start_job", {
      ...startPayload,
      user: "jürgen",
      metaData: { größe: "日本語 \u{1f600} and more" },
    });
    expect(decodeOne(line)).toMatchObject({
      job: { user: "jürgen", metaData: { größe: "日本語 \u{1f600} and more" } },
    });
  });

  it("is refused at its place when it is invalid", () => {
    const { bytes, line, column } = markedInput(
      'nodestate v=1\nnodestate event="{\\"cluster\\":\\"▲\ue0ff\\"}"',
    );
    expect([...decodeMessage(bytes, { streamTime })]).toMatchObject([
      { code: "missing_event" },
      { code: "invalid_utf8", line, column },
    ]);
  });
});
