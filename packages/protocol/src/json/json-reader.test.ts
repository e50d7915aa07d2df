import { describe, expect, it } from "vitest";
import { defaultLimits } from "../limits.js";
import { Source } from "../line/source.js";
import { JsonReader } from "./json-reader.js";
import { type KeyTable, keyTable } from "./key-table.js";

/** Starts on a JSON text as it stands in a string of line protocol, between other bytes. */
function readerOf(json: string, reader = new JsonReader(), limits = defaultLimits): JsonReader {
  const text = `é"${json.replaceAll(/[\\"]/g, "\\$&")}"`;
  reader.start(new Source(new TextEncoder().encode(text)), 3, limits);
  return reader;
}

/** The keys of an object of integers, with their values. */
function entries(reader: JsonReader, keys: KeyTable<string>): [string, number][] {
  const found: [string, number][] = [];
  for (let key = reader.firstKey(keys); key !== undefined; key = reader.nextKey(keys)) {
    found.push([key, reader.int32(0)]);
  }
  return found;
}

/** A table that has no names to look keys up by. */
function withoutLookup(...names: string[]): KeyTable<string> {
  return { ...keyTable(...names), byFoldedName: new Map() };
}

describe("the keys of an object", () => {
  it("are not looked up when they come in their usual order", () => {
    const keys = withoutLookup("first", "second", "third");
    const reader = readerOf('{"first":1,"second" : 2, "third":3}');
    expect(entries(reader, keys)).toStrictEqual([
      ["first", 1],
      ["second", 2],
      ["third", 3],
    ]);
    expect(reader.fault).toBeUndefined();
  });

  it("are not looked up when they come in the order seen before", () => {
    const learned = keyTable("first", "second", "third");
    const text = '{"third":3,"first":1}';
    entries(readerOf(text), learned);
    expect(entries(readerOf(text), { ...learned, byFoldedName: new Map() })).toStrictEqual([
      ["third", 3],
      ["first", 1],
    ]);
  });

  it.each([
    ['{"hostnames":1}', 'unknown key "hostnames"; did you mean "hostname"?'],
    ['{"hostnam":1}', 'unknown key "hostnam"; did you mean "hostname"?'],
    ['{"hostname\\u0041":1}', 'unknown key "hostnameA"; did you mean "hostname"?'],
    ['{"hostname\\"":1}', 'unknown key "hostname\\""; did you mean "hostname"?'],
    ['{"xostname":1}', 'unknown key "xostname"; did you mean "hostname"?'],
    ['{"hosxname":1}', 'unknown key "hosxname"; did you mean "hostname"?'],
    ['{"hostnamx":1}', 'unknown key "hostnamx"; did you mean "hostname"?'],
    ['{"":1}', 'unknown key ""; known are hostname, port'],
  ])("are compared to their last byte: %s", (text, message) => {
    const reader = readerOf(text);
    expect(entries(reader, keyTable("hostname", "port"))).toStrictEqual([]);
    expect(reader.fault).toMatchObject({ code: "unknown_key", message });
  });

  it("are found whatever came before them", () => {
    const keys = keyTable("a", "b", "c");
    for (const text of ['{"c":1,"B":2,"a":3,"a":4}', '{"a":1,"\\u0062":2}', "{}", " { } ", "null"]) {
      const reader = readerOf(text);
      const parsed = Object.entries((JSON.parse(text) ?? {}) as Record<string, number>);
      const seen = new Map(entries(reader, keys).map(([key, value]) => [key, value]));
      expect([...seen.values()]).toStrictEqual(parsed.map(([, value]) => value));
      expect(reader.finish()).toBeGreaterThan(3);
      expect(reader.fault).toBeUndefined();
    }
  });
});

describe("the end of the document", () => {
  it("is where the quote stands", () => {
    const reader = readerOf('{"a":1} ');
    entries(reader, keyTable("a"));
    expect(reader.finish()).toBe(3 + '{\\"a\\":1} '.length);
  });

  it.each([
    ["the input ends", '"{}'],
    ["the input ends inside", '"{'],
    ["a NUL follows", '"{}\0"'],
    ["a backslash follows", '"{}\\"'],
    ["a backslash stands for no white space", '"{\\q}"'],
    ["something follows", '"{} 1"'],
  ])("is refused when %s", (_, text) => {
    const reader = new JsonReader();
    reader.start(new Source(new TextEncoder().encode(text)), 1, defaultLimits);
    entries(reader, keyTable("a"));
    reader.finish();
    expect(reader.fault?.code).toBe("json_syntax");
  });
});

describe("a fault", () => {
  it("is the first one, and ends every loop", () => {
    const reader = readerOf('{"a":"x","b":true}');
    const keys = keyTable("a", "b");
    expect(entries(reader, keys)).toStrictEqual([["a", 0]]);
    reader.fail("json_syntax", "later", 0);
    reader.refuse("missing_key", "later", "b");
    reader.require(false, "b");
    expect(reader.fault).toStrictEqual({
      code: "wrong_type",
      message: "expected a number, found a string",
      path: "a",
      offset: 3 + '{\\"a\\":'.length,
    });
    expect([reader.firstItem(), reader.nextItem(), reader.firstName(), reader.nextName()]).toStrictEqual([
      false,
      false,
      undefined,
      undefined,
    ]);
  });

  it("is forgotten with the next document", () => {
    const reader = readerOf("x");
    entries(reader, keyTable("a"));
    expect(reader.fault?.code).toBe("json_syntax");
    reader.start(new Source(new TextEncoder().encode('"[true]"')), 1, defaultLimits);
    expect([reader.firstItem(), reader.int32(7)]).toStrictEqual([true, 7]);
    expect(reader.fault).toMatchObject({ code: "wrong_type", path: "[0]" });
  });
});

describe("white space", () => {
  it("may be written as escapes of line protocol", () => {
    const wire = String.raw`"\n\t{\r\n\"a\"\t:\n-1.5\r,\n\"a\":\n\t7,\"a\":\n\"b\"\n}\t"`;
    const reader = new JsonReader();
    const keys = keyTable("a");
    reader.start(new Source(new TextEncoder().encode(wire)), 1, defaultLimits);
    expect([reader.firstKey(keys), reader.number(0)]).toStrictEqual(["a", -1.5]);
    expect([reader.nextKey(keys), reader.int64(0n)]).toStrictEqual(["a", 7n]);
    expect([reader.nextKey(keys), reader.text("")]).toStrictEqual(["a", "b"]);
    expect([reader.nextKey(keys), reader.finish()]).toStrictEqual([undefined, wire.length - 1]);
    expect(reader.fault).toBeUndefined();
  });
});

describe("a string as it stands in the line", () => {
  const textOf = (wire: string): string | undefined => {
    const reader = new JsonReader();
    reader.start(new Source(new TextEncoder().encode(`"${wire}`)), 1, defaultLimits);
    const text = reader.text("");
    reader.finish();
    return reader.fault?.message ?? text;
  };

  it.each([
    [String.raw`\"a\""`, "a"],
    [String.raw`\"\""`, ""],
    [String.raw`\"a\u0041b\""`, "aAb"],
    [String.raw`\"a\\u0041b\""`, "aAb"],
    [String.raw`\"a\\nb\""`, "a\nb"],
    [String.raw`\"a\\\\\""`, "a\\"],
    [String.raw`\"a\\\"b\""`, 'a"b'],
    [String.raw`\"a\nb\""`, "a string holds an unescaped control character"],
    [String.raw`\"a\rb\""`, "a string holds an unescaped control character"],
    [String.raw`\"a\tb\""`, "a string holds an unescaped control character"],
    [String.raw`\"a\qb\""`, "a string holds an unknown escape"],
    [String.raw`\"a\q\""`, "a string holds an unknown escape"],
    [String.raw`\"a\\q\""`, "a string holds an unknown escape"],
    [String.raw`\"a",x="b\""`, "a string has no closing quote"],
    [String.raw`\"a""`, "a string has no closing quote"],
    [String.raw`\"a\\",x\""`, "a string has no closing quote"],
    ['\\"a\u0001"', "a string holds an unescaped control character"],
    [String.raw`\"a\\",x="b\""`, "a string has no closing quote"],
    [String.raw`\"a\\`, "a string has no closing quote"],
    [String.raw`\"a`, "a string has no closing quote"],
    [String.raw`"`, "expected a string, found the end"],
    ["", "expected a string, found the end"],
  ])("%s", (wire, expected) => {
    expect(textOf(wire)).toBe(expected);
  });
});

describe("integers", () => {
  const items = (json: string): readonly number[] | string => {
    const reader = readerOf(json);
    const read = reader.integers();
    reader.finish();
    return reader.fault === undefined ? read : `${reader.fault.code} at ${reader.fault.path}`;
  };

  it.each<[string, number[] | string]>([
    ["[]", []],
    ["null", []],
    ["[0]", [0]],
    ["[0,1,10,99,100]", [0, 1, 10, 99, 100]],
    ["[1, 2 ,3\n,4]", [1, 2, 3, 4]],
    ["[5,-5,5]", [5, -5, 5]],
    ["[999999999,1]", [999999999, 1]],
    ["[1234567890,1]", [1234567890, 1]],
    ["[9007199254740991,-9007199254740991,1]", [9007199254740991, -9007199254740991, 1]],
    ["[1,9007199254740992]", "out_of_range at [1]"],
    ["[1,2,00,3]", "json_syntax at [2]"],
    ["[1,01,2]", "json_syntax at [1]"],
    ["[0,0,1.5,2]", "wrong_type at [2]"],
    ["[1,2e1,3]", "wrong_type at [1]"],
    ["[1,,2]", "json_syntax at [1]"],
    ["[1,2,]", "json_syntax at [2]"],
    ['[1,"2",3]', "wrong_type at [1]"],
    ["[1,2,null]", "wrong_type at [2]"],
    ["[1,2/3]", "json_syntax at [1]"],
    ["[1,2:3]", "json_syntax at [1]"],
    ["[/,1]", "json_syntax at [0]"],
    ["[1,:,2]", "json_syntax at [1]"],
  ])("%s", (json, expected) => {
    expect(items(json)).toStrictEqual(expected);
  });
});

describe("integers that are written as those before", () => {
  const reader = new JsonReader();
  const read = (json: string, limits = defaultLimits): readonly number[] | string => {
    const found = readerOf(json, reader, limits).integers();
    reader.finish();
    return reader.fault?.code ?? found;
  };

  it("are the same array, and any others are not", () => {
    const first = read("[1, 2,3]");
    expect(read("[1, 2,3]")).toBe(first);
    for (const [json, others] of [
      ["[1, 2,30]", [1, 2, 30]],
      ["[1, 2,3,4]", [1, 2, 3, 4]],
      ["[1, 2]", [1, 2]],
      ["[1,2,3]", [1, 2, 3]],
      ["[]", []],
      ["null", []],
      ["[1, 2,3]", [1, 2, 3]],
    ] as const)
      expect(read(json)).toStrictEqual(others);
  });

  it("are held to the limits that are set now", () => {
    const json = "[1,2,3]";
    const accepted = read(json);
    expect(read(json, { ...defaultLimits, jsonItems: 2 })).toBe("too_many_items");
    expect(read(json, { ...defaultLimits, jsonDepth: 0 })).toBe("json_too_deep");
    expect(read(json, { ...defaultLimits, jsonItems: 3, jsonDepth: 1 })).toBe(accepted);
  });

  it("are read anew where they were refused, broken off or long", () => {
    expect(read("[1,x]")).toBe("json_syntax");
    expect(read("[1,x]")).toBe("json_syntax");
    expect(read("[7,8]")).toStrictEqual([7, 8]);
    expect(read("[7,8")).toBe("json_syntax");
    const long = Array.from({ length: 2_000 }, (_, i) => i);
    const other = [...long, 7];
    expect(read(JSON.stringify(long))).toStrictEqual(long);
    expect(read(JSON.stringify(other))).toStrictEqual(other);
    expect(read("[7,8]")).toStrictEqual([7, 8]);
  });
});
