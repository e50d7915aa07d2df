import { describe, expect, it } from "vitest";
import { decodeOne, eventLine, recently, startPayload, stopPayload } from "../testing/events.js";
import type { MessageOptions } from "./decode-message.js";

function reason(line: string, options: Partial<MessageOptions> = {}): string {
  const outcome = decodeOne(line, options);
  return outcome.kind === "rejected" ? outcome.message : outcome.kind;
}

/** The reason for a start that has this text in front of its end. */
function startReason(text: string): string {
  return reason(eventLine("start_job", `${JSON.stringify(startPayload).slice(0, -1)},${text}}`));
}

describe("the reason of a refusal, as people read it", () => {
  it.each([
    ['"project":5', "project: expected a string, found a number"],
    ['"project":-5', "project: expected a string, found a number"],
    ['"project":true', "project: expected a string, found a boolean"],
    ['"project":false', "project: expected a string, found a boolean"],
    ['"project":[]', "project: expected a string, found an array"],
    ['"project":{}', "project: expected a string, found an object"],
    ['"tags":"a"', "tags: expected an array, found a string"],
    ['"tags":[null]', "tags[0]: an item is null"],
    ['"metaData":[]', "metaData: expected an object, found an array"],
    ['"concurrentJobs":5', "concurrentJobs: expected an object, found a number"],
    ['"energy":"1"', "energy: expected a number, found a string"],
    ['"energy":1e400', "energy: the number leaves the range of float64"],
    ['"energy":1.', "energy: not a JSON number"],
    ['"energy":-', "energy: not a JSON number"],
    ['"energy":01', "energy: not a JSON number"],
    ['"energy":1e', "energy: not a JSON number"],
    ['"energy":1e+', "energy: not a JSON number"],
    ['"energy":nul', "energy: expected a number, found 'n'"],
    ['"walltime":"1"', "walltime: expected a number, found a string"],
    ['"walltime":1.5', "walltime: expected an integer without fraction or exponent, found 1.5"],
    ['"walltime":9223372036854775808', "walltime: 9223372036854775808 leaves the range of int64"],
    [
      `"walltime":${"1".repeat(41)}`,
      "walltime: 1111111111111111111111111111111111111111… leaves the range of int64",
    ],
    [
      `"walltime":0.${"1".repeat(38)}`,
      `walltime: expected an integer without fraction or exponent, found 0.${"1".repeat(38)}`,
    ],
    ['"monitoringStatus":4', "monitoringStatus: 4 is not between 0 and 3"],
    ['"numAcc":-1', "numAcc: -1 is less than 0"],
    ['"numHwthreads":-2', "numHwthreads: -2 is less than 0"],
    ['"numNodes":0', "numNodes: 0 is less than 1"],
    ['"numNodes":2', "numNodes: numNodes is 2, but there are 1 resources"],
    ['"jobId":-3', "jobId: -3 is less than 1"],
    ['"jobId":0', "jobId: required, and must not be null, zero or empty"],
    ['"user":""', "user: required, and must not be null, zero or empty"],
    ['"shared":"all"', 'shared: "all" is not one of none, single_user, multi_user'],
    [`"user":"${"x".repeat(513)}"`, "user: longer than 512 bytes"],
    ['"user":x', "user: expected a string, found 'x'"],
    ['"user":~', "user: expected a string, found '~'"],
    ['"user":!', "user: expected a string, found '!'"],
    ['"user":\u007f', "user: expected a string, found byte 127"],
    ['"user":\u0001', "user: expected a string, found byte 1"],
    ['"user":é', "user: expected a string, found byte 195"],
    ['"tags":x', "tags: expected an array, found 'x'"],
    ['"metaData":x', "metaData: expected an object, found 'x'"],
    ['"energy":x', "energy: expected a number, found 'x'"],
    ['"user":"a\u0001"', "user: a string holds an unescaped control character"],
    ['"user":"a\n"', "user: a string holds an unescaped control character"],
    ['"user":"a\0"', "user: a string holds an unescaped control character"],
    ['"user":"a\\q"', "user: a string holds an unknown escape"],
    ['"user":"a\\u0000"', "user: a string holds a NUL character, which the database cannot store"],
    ['"user":"\\ud800"', "user: a string holds half a surrogate pair"],
    ['"user":"a', "user: a string has no closing quote"],
    ["5", "startTime: expected a key in double quotes, found '5'"],
    ['"metaData":{5', "metaData: expected a key in double quotes, found '5'"],
    ['"user"5', "user: expected ':' after a key, found '5'"],
    ['"metaData":{"a"5', "metaData.a: expected ':' after a key, found '5'"],
    ['"smt":1 2', "smt: expected ',' or '}', found '2'"],
    ['"tags":[5]', "tags[0]: expected an object, found a number"],
    ['"resources":[{"hostname":"a"}}', "resources[0]: expected ',' or ']', found '}'"],
    ['"smt":1]', "smt: expected ',' or '}', found ']'"],
    ['"__proto__":1', '__proto__: the key "__proto__" is not allowed'],
    ['"metaData":{"constructor":1}', 'metaData.constructor: the key "constructor" is not allowed'],
    ['"numNode":1', 'numNode: unknown key "numNode"; did you mean "numNodes"?'],
    [
      '"resources":[{"color":1}]',
      'resources[0].color: unknown key "color"; known are hostname, hwthreads, accelerators, configuration',
    ],
    ['"startTime":1759996400000', "startTime: 1759996400000 looks like milliseconds; write Unix seconds"],
    [
      '"startTime":1759996400000000',
      "startTime: 1759996400000000 looks like microseconds; write Unix seconds",
    ],
    [
      '"startTime":1759996400000000000',
      "startTime: 1759996400000000000 looks like nanoseconds; write Unix seconds",
    ],
    ['"startTime":5', "startTime: 5 s lies before the year 2000"],
    [
      '"startTime":1760086401',
      "startTime: 1760086401 s lies more than 86400 s after the message was stored: is the sender's clock right?",
    ],
  ])("a start with %s", (text, expected) => {
    expect(startReason(text)).toBe(expected);
  });

  it.each([
    [{ ...stopPayload, jobId: null }, "jobId: required, and must not be null, zero or empty"],
    [{ ...stopPayload, jobId: -1 }, "jobId: -1 is less than 1"],
    [{ ...stopPayload, stopTime: 0 }, "stopTime: required, and must not be null, zero or empty"],
    [
      { ...stopPayload, jobState: "done" },
      'jobState: "done" is not one of boot_fail, cancelled, completed, deadline, failed, node_fail, out_of_memory, pending, preempted, running, suspended, timeout',
    ],
    [
      { ...stopPayload, startTime: recently + 1 },
      `stopTime: stopTime ${recently} is before startTime ${recently + 1}`,
    ],
  ])("a stop with %j", (payload, expected) => {
    expect(reason(eventLine("stop_job", payload))).toBe(expected);
  });

  it.each([
    ["foo v=1", 'the measurement "foo" is neither job nor nodestate'],
    ["job v=1", "a job event needs the tag function=start_job or function=stop_job"],
    ["job,function=run v=1", 'the function "run" is neither start_job nor stop_job'],
    ["nodestate v=1", 'the line needs a string field: event="{…}"'],
    ["nodestate event=1", 'the field event must be a string: event="{…}"'],
    ['nodestate event="5', "the string has no closing double quote"],
    ['nodestate event="{\\"cluster\\":\\"c\\"}}"', "the JSON text goes on after its value, found '}'"],
    ['nodestate event="{"', "expected a key in double quotes, found the end"],
    ['nodestate event=""', "expected an object, found the end"],
    ['nodestate event="{}"', "cluster: required, and must not be null, zero or empty"],
    [
      'nodestate event="{\\"nodes\\":[{}]}"',
      "nodes[0].hostname: required, and must not be null, zero or empty",
    ],
    [
      'nodestate event="{}" 1759996400',
      "the timestamp looks like s; send nanoseconds or set the timestamp precision",
    ],
    [
      'nodestate event="{}" 1759996400000',
      "the timestamp looks like ms; send nanoseconds or set the timestamp precision",
    ],
    [
      'nodestate event="{}" 1759996400000000',
      "the timestamp looks like us; send nanoseconds or set the timestamp precision",
    ],
    ['nodestate event="{}" 0', "0 s lies before the year 2000"],
    [
      'nodestate event="{}" 1760086401000000000',
      "1760086401 s lies more than 86400 s after the message was stored: is the sender's clock right?",
    ],
  ])("the line %s", (line, expected) => {
    expect(reason(line)).toBe(expected);
  });

  it.each([
    ['{"x":1,"y":"ab\\u0000cd"}', "a string holds a NUL character, which the database cannot store"],
    ['{"x":1,"y":"ab\\udc00cd"}', "a string holds half a surrogate pair"],
    ['{"x":1,"\\ud800 key":2}', "a string holds half a surrogate pair"],
    ['{"x":1,"y":"a","z":"b\\u00e9"}', 'x: unknown key "x"; known are cluster, nodes'],
    ['{"x":1,}', "not valid JSON"],
    [`{"x":${"[".repeat(16)}`, "nested deeper than 16 levels"],
    [`{"x":${"[".repeat(15)}${"]".repeat(15)}}`, 'x: unknown key "x"; known are cluster, nodes'],
    [`{"nodes":${"[".repeat(16)}`, "nested deeper than 16 levels"],
    [`{"x":[${"[],{},".repeat(20)}1]}`, 'x: unknown key "x"; known are cluster, nodes'],
    [
      `{"x":"\\"${"[".repeat(20)}\\\\","y":"${"{".repeat(20)}"}`,
      'x: unknown key "x"; known are cluster, nodes',
    ],
  ])("what is no acceptable JSON at all says so first: %s", (payload, expected) => {
    expect(reason(eventLine("nodestate", payload))).toBe(expected);
  });

  it.each([
    [{ messageBytes: 5 }, "nodestate v=1", "the input has more bytes than allowed"],
    [{ lines: 0 }, "nodestate v=1", "the input has more lines than allowed; the rest was not read"],
    [{ tags: 1 }, "nodestate,a=1,b=2 v=1", "the line has more tags than allowed"],
    [{ fields: 1 }, "nodestate a=1,b=2", "the line has more fields than allowed"],
    [
      { jsonDepth: 1 },
      eventLine("nodestate", { cluster: "c", nodes: [] }),
      "nodes: nested deeper than 1 levels",
    ],
    [
      { jsonItems: 1 },
      eventLine("nodestate", { cluster: "c", nodes: [{ hostname: "a" }, { hostname: "b" }] }),
      "nodes[1]: more than 1 items",
    ],
    [
      { jsonItems: 1 },
      eventLine("start_job", { ...startPayload, metaData: { a: "1", b: "2" } }),
      "metaData.b: more than 1 keys",
    ],
  ])("a breach of the limit %j", (limits, line, expected) => {
    expect(reason(line, { limits })).toBe(expected);
  });

  it("shows 64 characters of a long text, and no half of a pair", () => {
    expect(reason(`${"m".repeat(64)} v=1`)).toContain(`"${"m".repeat(64)}"`);
    expect(reason(`${"m".repeat(65)} v=1`)).toContain(`"${"m".repeat(64)}…"`);
    expect(reason(`${"m".repeat(63)}\u{1f600} v=1`)).toContain(`"${"m".repeat(63)}\ufffd…"`);
  });
});
