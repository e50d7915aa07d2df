import type { NodeList, NumberRange, Part, Term } from "./node-list.js";

/** Where a host name can go on after one part, for each place where the part may start. */
type Step = (hostname: string, starts: ReadonlySet<number>) => ReadonlySet<number>;

const nothing: ReadonlySet<number> = new Set();
const start: ReadonlySet<number> = new Set([0]);

/** A test whether a host is in the list, made once for many hosts. */
export function compileNodeList(list: NodeList): (hostname: string) => boolean {
  if (list === "every") return () => true;
  const names = new Set<string>();
  const patterns: (readonly Step[])[] = [];
  for (const term of list) {
    const name = plainName(term);
    if (name === undefined) patterns.push(term.map(compilePart));
    else names.add(name);
  }
  return (hostname) => names.has(hostname) || patterns.some((steps) => matches(steps, hostname));
}

const plainName = ([first, ...others]: Term): string | undefined =>
  first?.kind === "literal" && others.length === 0 ? first.text : undefined;

/** Follows all ways at once: ranges of several lengths, as in `n[1-9,10-20]`, must not hide one another. */
function matches(steps: readonly Step[], hostname: string): boolean {
  let places = start;
  for (const step of steps) {
    places = step(hostname, places);
    if (places.size === 0) return false;
  }
  return places.has(hostname.length);
}

function compilePart(part: Part): Step {
  return part.kind === "literal" ? literal(part.text) : numbers(part.ranges);
}

function literal(text: string): Step {
  return (hostname, starts) => {
    const ends = new Set<number>();
    for (const at of starts) if (hostname.startsWith(text, at)) ends.add(at + text.length);
    return ends;
  };
}

function numbers(ranges: readonly NumberRange[]): Step {
  const byLength = new Map<number, { single: Set<string>; ranges: NumberRange[] }>();
  for (const range of ranges) {
    const { length } = range.first;
    const group = byLength.get(length) ?? { single: new Set(), ranges: [] };
    byLength.set(length, group);
    if (range.first === range.last) group.single.add(range.first);
    else group.ranges.push(range);
  }
  return (hostname, starts) => {
    let ends: Set<number> | undefined;
    for (const at of starts)
      for (const [length, group] of byLength) {
        const digits = hostname.slice(at, at + length);
        // Texts of equally many digits are in the order of their numbers; other texts have no number.
        if (digits.length !== length || !/^\d+$/.test(digits)) continue;
        if (
          group.single.has(digits) ||
          group.ranges.some(({ first, last }) => first <= digits && digits <= last)
        )
          (ends ??= new Set()).add(at + length);
      }
    return ends ?? nothing;
  };
}
