// A grammar of bytes names control characters.
/* oxlint-disable no-control-regex */
/** A JSON value as written: numbers keep their text, objects every member in order, equal keys included. */
export type SlowJson =
  | { readonly type: "null" | "true" | "false" }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "number"; readonly text: string }
  | { readonly type: "array"; readonly items: readonly SlowJson[] }
  | { readonly type: "object"; readonly members: ReadonlyArray<readonly [string, SlowJson]> };

const whiteSpace = /[ \t\r\n]*/y;
const stringToken = /"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})*"/y;
const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /null|true|false/y;

/** RFC 8259 by the book; undefined when the text is not JSON. Tests hold it against `JSON.parse`. */
export function slowParseJson(text: string): SlowJson | undefined {
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    at += match?.length ?? 0;
    return match;
  };
  const takeByte = (byte: string): boolean => {
    take(whiteSpace);
    const found = text[at] === byte;
    at += found ? 1 : 0;
    return found;
  };

  function value(): SlowJson | undefined {
    take(whiteSpace);
    const token = take(stringToken);
    if (token !== undefined) {
      return { type: "string", value: JSON.parse(token) as string };
    }
    const number = take(numberToken);
    if (number !== undefined) {
      return { type: "number", text: number };
    }
    const literal = take(word);
    if (literal !== undefined) {
      return { type: literal as "null" | "true" | "false" };
    }
    return takeByte("[") ? array() : takeByte("{") ? object() : undefined;
  }

  function array(): SlowJson | undefined {
    const items: SlowJson[] = [];
    while (!(items.length === 0 && takeByte("]"))) {
      const item = value();
      if (item === undefined) {
        return undefined;
      }
      items.push(item);
      if (takeByte("]")) {
        break;
      }
      if (!takeByte(",")) {
        return undefined;
      }
    }
    return { type: "array", items };
  }

  function object(): SlowJson | undefined {
    const members: [string, SlowJson][] = [];
    while (!(members.length === 0 && takeByte("}"))) {
      take(whiteSpace);
      const key = take(stringToken);
      const member = key !== undefined && takeByte(":") ? value() : undefined;
      if (key === undefined || member === undefined) {
        return undefined;
      }
      members.push([JSON.parse(key) as string, member]);
      if (takeByte("}")) {
        break;
      }
      if (!takeByte(",")) {
        return undefined;
      }
    }
    return { type: "object", members };
  }

  const result = value();
  take(whiteSpace);
  return at === text.length ? result : undefined;
}

/** The value `JSON.parse` would give, for comparing the two. */
export function plainValue(json: SlowJson): unknown {
  if (json.type === "string") {
    return json.value;
  }
  if (json.type === "number") {
    return Number(json.text);
  }
  if (json.type === "array") {
    return json.items.map(plainValue);
  }
  return json.type === "object"
    ? Object.fromEntries(json.members.map(([key, member]) => [key, plainValue(member)]))
    : (JSON.parse(json.type) as null | boolean);
}
