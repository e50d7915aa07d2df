import type { RejectCode } from "../codes.js";
import { type Limits, defaultLimits } from "../limits.js";
import { isForbidden } from "./forbidden-keys.js";
import { renderPath } from "./json-fault.js";
import { unknownKey } from "./did-you-mean.js";
import { type KeyTable, foldCase } from "./key-table.js";
import type { Source } from "../line/source.js";
import { JsonScalars } from "./json-scalars.js";
import { END, QUOTE, noSource } from "./json-text.js";
import { LastIntegers } from "./last-integers.js";
import { takePlainIntegers } from "./plain-integers.js";

const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COLON = 58;
const COMMA = 44;
const BACKSLASH = 92;

/**
 * Reads a JSON document whose shape the caller knows, value by value, without building a tree.
 *
 * Faults are sticky: after the first one every loop ends and every value is the one passed in, so callers read on
 * and look at `fault` once, at the end. `null` leaves the value that was there, as Go's encoding/json does.
 */
export class JsonReader extends JsonScalars {
  /** Per level: the key or index at hand, and the previous key for the key table's guess. */
  readonly #path: (string | number)[] = [];
  readonly #previous: number[] = [];
  #depth = 0;
  readonly #lastIntegers = new LastIntegers();

  limits = defaultLimits;

  /** Starts on the JSON text that stands in a string of line protocol from `start` on. */
  start(source: Source, start: number, limits: Limits): void {
    this.limits = limits;
    this.source = source;
    this.bytes = source.bytes;
    this.position = start;
    this.fault = undefined;
    this.#depth = 0;
  }

  /**
   * To be called behind the document's value: returns the offset of the quote that must follow.
   * From here on the reader holds nothing of the input, which may be large and is not its own.
   */
  finish(): number {
    if (this.peek() !== END || this.bytes[this.position] !== QUOTE) {
      this.syntax("the JSON text goes on after its value");
    }
    this.source = noSource;
    this.bytes = noSource.bytes;
    return this.position;
  }

  fail(code: RejectCode, message: string, offset: number): false {
    if (this.fault === undefined) {
      const path = renderPath(this.#path.slice(0, this.#depth));
      this.fault = { code, message, path, offset };
      this.position = this.bytes.length;
    }
    return false;
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
      this.position = this.bytes.length;
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
      return this.fail("too_many_items", `more than ${this.limits.jsonItems} items`, this.position);
    }
    return this.#itemFits();
  }

  /**
   * An array of integers that a double holds exactly; empty for null. Nobody may change it: one that is written as the one before,
   * as hardware threads are that a job has on each of its nodes, is the same array.
   */
  integers(): readonly number[] {
    const start = this.peek() === OPEN_BRACKET ? this.position : undefined;
    const fits = start !== undefined && this.#depth < this.limits.jsonDepth;
    const end = fits ? this.#lastIntegers.endIn(this.bytes, start, this.limits.jsonItems) : undefined;
    if (end !== undefined) {
      this.position = end;
      return this.#lastIntegers.items;
    }
    const items = this.#readIntegers();
    if (start !== undefined && this.fault === undefined) {
      this.#lastIntegers.keep(this.bytes, start, this.position, items);
    }
    return items;
  }

  #readIntegers(): number[] {
    const items: number[] = [];
    for (let more = this.firstItem(); more; more = this.nextItem()) {
      this.position = takePlainIntegers(this.bytes, this.position, items, this.limits.jsonItems - 1);
      this.#path[this.#depth - 1] = items.length;
      items.push(this.integer(0, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
    }
    // A growing array has room for seventeen items at least; most have a few, and stay as long as their job does.
    return items.slice();
  }

  /** A null item cannot be left out without moving its neighbours, so it is a fault (Go would crash on some). */
  #itemFits(): boolean {
    return this.peekNull() ? this.fail("wrong_type", "an item is null", this.position) : true;
  }

  #enter(open: number, expected: string): boolean {
    if (this.takeNull()) {
      return false;
    }
    if (this.peek() !== open) {
      return this.wrongType(expected);
    }
    if (this.#depth >= this.limits.jsonDepth) {
      return this.fail("json_too_deep", `nested deeper than ${this.limits.jsonDepth} levels`, this.position);
    }
    this.position++;
    this.#path[this.#depth++] = noStep;
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
    const byte = this.peek();
    if (byte === COMMA) {
      this.position++;
      return true;
    }
    if (byte !== close) {
      return this.syntax(close === CLOSE_BRACE ? "expected ',' or '}'" : "expected ',' or ']'");
    }
    this.position++;
    this.#depth--;
    return false;
  }

  #key<K extends string>(keys: KeyTable<K>): K | undefined {
    const level = this.#depth - 1;
    const previous = this.#previous[level] as number;
    if (!this.atQuote()) {
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
    const start = this.position + 2;
    const end = start + spelling.length;
    for (let i = 0; i < spelling.length; i++) {
      if (bytes[start + i] !== spelling[i]) {
        return false;
      }
    }
    if (bytes[end] !== BACKSLASH || bytes[end + 1] !== QUOTE) {
      return false;
    }
    this.position = end + 2;
    return true;
  }

  #name(): string | undefined {
    const level = this.#depth - 1;
    if (!this.atQuote()) {
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
      this.fail("forbidden_key", `the key "${name}" is not allowed`, start);
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
      return this.syntax("expected ':' after a key");
    }
    this.position++;
    return true;
  }

  #unknownKey(key: string, names: readonly string[], offset: number): void {
    if (isForbidden(key)) {
      this.fail("forbidden_key", `the key "${key}" is not allowed`, offset);
      return;
    }
    this.fail("unknown_key", unknownKey(key, names), offset);
  }
}

/** Stands in the path of an object or array whose first key or item has not been read. */
const noStep = -1;
