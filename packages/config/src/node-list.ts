import { quote } from "./setting-type.js";

/** A parsed node list; `"every"` is what `*` says. */
export type NodeList = "every" | readonly Term[];

/** A host matches a term when its name is one match of each part, in order and without a rest. */
export type Term = readonly Part[];

export type Part =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "numbers"; readonly ranges: readonly NumberRange[] };

/** Both ends belong to it, and have the same number of digits: leading zeros count. */
export interface NumberRange {
  readonly first: string;
  readonly last: string;
}

export interface NodeListFault {
  /** 1 is the first character of the list. */
  readonly column: number;
  /** What is wrong and the mend. */
  readonly message: string;
}

export type NodeListResult =
  | { readonly ok: true; readonly list: NodeList }
  | { readonly ok: false; readonly faults: readonly NodeListFault[] };

/**
 * Parses ClusterCockpit's node list syntax: terms with commas between, each of letters, digits, `-` and number
 * ranges in brackets, as `login1,f[0101-0188,0201]`; `*` alone is every host. Single numbers in brackets are
 * Slurm's. Reports the first fault of each term.
 */
export function parseNodeList(text: string): NodeListResult {
  if (text === "*") return { ok: true, list: "every" };
  if (text === "")
    return {
      ok: false,
      faults: [{ column: 1, message: 'is empty; list the hosts, or write "*" for every host' }],
    };
  const terms: Term[] = [];
  const faults: NodeListFault[] = [];
  for (const { offset, text: term } of splitAtCommas(text)) {
    const parsed = parseTerm(term);
    if (Array.isArray(parsed)) terms.push(parsed);
    else faults.push({ column: offset + parsed.column, message: parsed.message });
  }
  return faults.length === 0 ? { ok: true, list: terms } : { ok: false, faults };
}

/** Commas inside brackets are not between terms. */
function splitAtCommas(text: string): { offset: number; text: string }[] {
  const terms: { offset: number; text: string }[] = [];
  let offset = 0;
  let inBrackets = false;
  for (let index = 0; index <= text.length; index++) {
    const character = text[index];
    if (character === "[") inBrackets = true;
    else if (character === "]") inBrackets = false;
    else if (character === undefined || (character === "," && !inBrackets)) {
      terms.push({ offset, text: text.slice(offset, index) });
      offset = index + 1;
    }
  }
  return terms;
}

function parseTerm(term: string): Part[] | NodeListFault {
  if (term === "") return { column: 1, message: "a host name is missing; is there a comma too many?" };
  const parts: Part[] = [];
  const part = /([A-Za-z0-9-]+)|\[([^[\]]*)\]/y;
  while (part.lastIndex < term.length) {
    const at = part.lastIndex;
    const match = part.exec(term);
    if (match === null) return { column: at + 1, message: strayCharacter(term.slice(at)) };
    const [, literal, numbers] = match;
    if (literal !== undefined) parts.push({ kind: "literal", text: literal });
    if (numbers === undefined) continue;
    const ranges = parseRanges(numbers);
    if (!Array.isArray(ranges)) return { column: at + 1 + ranges.column, message: ranges.message };
    parts.push({ kind: "numbers", ranges });
  }
  return parts;
}

function strayCharacter(rest: string): string {
  const [character = ""] = rest;
  if (character === "[")
    return /^\[[^\]]*\[/.test(rest)
      ? "brackets cannot stand inside brackets; close this one first"
      : 'the closing "]" is missing';
  if (character === "]") return 'there is no "[" for this "]"';
  if (character === "*") return 'only "*" alone means every host; write numbers as a range, as in n[001-100]';
  if (/\s/.test(character)) return "there is a space; remove it";
  return `${quote(character)} is not allowed; host names are of letters, digits and "-"`;
}

function parseRanges(body: string): NumberRange[] | NodeListFault {
  const ranges: NumberRange[] = [];
  for (const { offset, text } of splitAtCommas(body)) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
    const fault = first === undefined || last === undefined ? noRange(text) : rangeFault(first, last);
    if (fault !== undefined) return { column: offset + 1, message: fault };
    if (first !== undefined && last !== undefined) ranges.push({ first, last });
  }
  return ranges;
}

const noRange = (text: string): string =>
  text === ""
    ? "a number is missing; is there a comma too many?"
    : `must be a number or a range such as 01-10, but is ${quote(text)}`;

function rangeFault(first: string, last: string): string | undefined {
  if (first.length < last.length) {
    const padded = `${first.padStart(last.length, "0")}-${last}`;
    const unpadded = first.startsWith("0")
      ? ""
      : `, or ${bySize(first, last)} if the names have no leading zeros`;
    return `${quote(`${first}-${last}`)} has ends of different length; write ${padded}${unpadded}`;
  }
  if (first.length > last.length)
    return `${quote(`${first}-${last}`)} has ends of different length; write the last number in full`;
  return first > last
    ? `${quote(`${first}-${last}`)} ends before it starts; write ${last}-${first}`
    : undefined;
}

/** `8` to `1200` as `8-9,10-99,100-999,1000-1200`. */
function bySize(first: string, last: string): string {
  const steps: string[] = [];
  for (let digits = first.length; digits <= last.length; digits++) {
    const from = digits === first.length ? first : `1${"0".repeat(digits - 1)}`;
    steps.push(`${from}-${digits === last.length ? last : "9".repeat(digits)}`);
  }
  return steps.join(",");
}
