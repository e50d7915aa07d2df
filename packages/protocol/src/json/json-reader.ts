import type { RejectCode } from "../codes.js";
import type { Limits } from "../limits.js";
import { type JsonFault, renderPath } from "./json-fault.js";
import { didYouMean } from "./did-you-mean.js";
import { type KeyTable, foldCase } from "./key-table.js";
import { JsonText } from "./json-text.js";

const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COLON = 58;
const COMMA = 44;
const QUOTE = 34;

/**
 * Reads a JSON document whose shape the caller knows, value by value, without building a tree.
 *
 * Faults are sticky: after the first one every loop ends and every value is the one passed in, so callers read on
 * and look at `fault` once, at the end. `null` leaves the value that was there, as Go's encoding/json does.
 */
export class JsonReader extends JsonText {
  /** Per level: the key or index at hand, and the previous key for the key table's guess. */
  readonly #path: (string | number)[] = [];
  readonly #previous: number[] = [];
  #depth = 0;

  readonly limits: Limits;

  constructor(limits: Limits) {
    super();
    this.limits = limits;
  }

  /** Starts on `bytes[start, end)`; `bytes[end]` must exist and be 0, which ends every loop without a bounds check. */
  start(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.position = this.documentStart = start;
    this.end = end;
    this.fault = undefined;
    this.#depth = 0;
  }

  /** To be called after the document's value: nothing but white space may follow. */
  finish(): JsonFault | undefined {
    if (this.peek() !== 0 || this.position !== this.end) {
      this.syntax("the JSON text goes on after its value");
    }
    return this.fault;
  }

  fail(code: RejectCode, message: string, offset: number): void {
    if (this.fault === undefined) {
      const path = renderPath(this.#path.slice(0, this.#depth));
      this.fault = { code, message, path, offset: offset - this.documentStart };
      this.position = this.end;
    }
  }

  /** A fault of the object just left: its key `key` is missing, null or empty. */
  require(present: boolean, key: string): void {
    if (!present) {
      this.refuse("missing_key", "required, and must not be null, zero or empty", key);
    }
  }

  /** A fault of the object just left, at its key `key`. */
  refuse(code: RejectCode, message: string, key: string): void {
    if (this.fault === undefined) {
      const path = renderPath([...this.#path.slice(0, this.#depth), key]);
      this.fault = { code, message, path, offset: undefined };
      this.position = this.end;
    }
  }

  /** Steps over a null. */
  skipNull(): boolean {
    return this.takeNull();
  }

  /** Enters an object and returns its first key; undefined when it has none or is null. */
  firstKey<K extends string>(keys: KeyTable<K>): K | undefined {
    if (!this.#enter(OPEN_BRACE, "an object")) {
      return undefined;
    }
    this.#previous[this.#depth - 1] = 0;
    return this.#leaves(CLOSE_BRACE) ? undefined : this.#key(keys);
  }

  /** The next key of the object, or undefined at its end. */
  nextKey<K extends string>(keys: KeyTable<K>): K | undefined {
    return this.#continues(CLOSE_BRACE) ? this.#key(keys) : undefined;
  }

  /** Enters a map of names the caller does not know and returns the first. */
  firstName(): string | undefined {
    if (!this.#enter(OPEN_BRACE, "an object") || this.#leaves(CLOSE_BRACE)) {
      return undefined;
    }
    this.#previous[this.#depth - 1] = 0;
    return this.#name();
  }

  nextName(): string | undefined {
    return this.#continues(CLOSE_BRACE) ? this.#name() : undefined;
  }

  /** Enters an array and says whether it has a first item; null counts as empty. */
  firstItem(): boolean {
    if (!this.#enter(OPEN_BRACKET, "an array") || this.#leaves(CLOSE_BRACKET)) {
      return false;
    }
    this.#path[this.#depth - 1] = 0;
    return this.#itemFits();
  }

  nextItem(): boolean {
    if (!this.#continues(CLOSE_BRACKET)) {
      return false;
    }
    const index = (this.#path[this.#depth - 1] as number) + 1;
    this.#path[this.#depth - 1] = index;
    if (index >= this.limits.jsonItems) {
      this.fail("too_many_items", `more than ${this.limits.jsonItems} items`, this.position);
      return false;
    }
    return this.#itemFits();
  }

  /** A null item cannot be left out without moving its neighbours, so it is a fault (Go would crash on some). */
  #itemFits(): boolean {
    if (this.peekNull()) {
      this.fail("wrong_type", "an item is null", this.position);
      return false;
    }
    return true;
  }

  #enter(open: number, expected: string): boolean {
    if (this.takeNull()) {
      return false;
    }
    if (this.peek() !== open) {
      this.wrongType(expected);
      return false;
    }
    if (this.#depth >= this.limits.jsonDepth) {
      this.fail("json_too_deep", `nested deeper than ${this.limits.jsonDepth} levels`, this.position);
      return false;
    }
    this.position++;
    this.#depth++;
    return true;
  }

  #leaves(close: number): boolean {
    if (this.peek() !== close) {
      return false;
    }
    this.position++;
    this.#depth--;
    return true;
  }

  /** Behind a value: true after a comma, false after the closing byte. */
  #continues(close: number): boolean {
    if (this.fault !== undefined || this.#leaves(close)) {
      return false;
    }
    if (this.peek() !== COMMA) {
      this.syntax(close === CLOSE_BRACE ? "expected ',' or '}'" : "expected ',' or ']'");
      return false;
    }
    this.position++;
    return true;
  }

  #key<K extends string>(keys: KeyTable<K>): K | undefined {
    const level = this.#depth - 1;
    const previous = this.#previous[level] as number;
    if (this.peek() !== QUOTE) {
      this.syntax("expected a key in double quotes");
      return undefined;
    }
    const start = this.position;
    let index = keys.followers[previous] as number;
    if (!this.#matches(keys.spellings[index] as Uint8Array)) {
      const key = this.string();
      if (key === undefined) {
        return undefined;
      }
      const found = keys.byFoldedName.get(foldCase(key));
      if (found === undefined) {
        this.#path[level] = key;
        this.#unknownKey(key, keys.names, start);
        return undefined;
      }
      index = keys.followers[previous] = found;
    }
    const name = keys.names[index] as K;
    this.#previous[level] = index + 1;
    this.#path[level] = name;
    return this.#colon() ? name : undefined;
  }

  /** Steps over the key when it is spelled so. */
  #matches(spelling: Uint8Array): boolean {
    const { bytes } = this;
    const start = this.position + 1;
    for (let i = 0; i < spelling.length; i++) {
      if (bytes[start + i] !== spelling[i]) {
        return false;
      }
    }
    if (bytes[start + spelling.length] !== QUOTE) {
      return false;
    }
    this.position = start + spelling.length + 1;
    return true;
  }

  #name(): string | undefined {
    const level = this.#depth - 1;
    if (this.peek() !== QUOTE) {
      this.syntax("expected a key in double quotes");
      return undefined;
    }
    const start = this.position;
    const name = this.string();
    if (name === undefined) {
      return undefined;
    }
    this.#path[level] = name;
    if (isForbidden(name)) {
      this.fail("forbidden_key", `the key ${JSON.stringify(name)} is not allowed`, start);
      return undefined;
    }
    const count = (this.#previous[level] as number) + 1;
    this.#previous[level] = count;
    if (count > this.limits.jsonItems) {
      this.fail("too_many_items", `more than ${this.limits.jsonItems} keys`, start);
      return undefined;
    }
    return this.#colon() ? name : undefined;
  }

  #colon(): boolean {
    if (this.peek() !== COLON) {
      this.syntax("expected ':' after a key");
      return false;
    }
    this.position++;
    return true;
  }

  #unknownKey(key: string, names: readonly string[], offset: number): void {
    if (isForbidden(key)) {
      this.fail("forbidden_key", `the key ${JSON.stringify(key)} is not allowed`, offset);
      return;
    }
    const near = didYouMean(key, names);
    const hint = near === undefined ? `known are ${names.join(", ")}` : `did you mean "${near}"?`;
    const shown = JSON.stringify(key.length > 64 ? `${key.slice(0, 64)}…` : key);
    this.fail("unknown_key", `unknown key ${shown}; ${hint}`, offset);
  }
}

/** Keys that reach an object's prototype when somebody copies them with an assignment. */
function isForbidden(key: string): boolean {
  return key === "__proto__" || key === "constructor" || key === "prototype";
}
