import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileNodeList } from "./node-list-matcher.js";
import { parseNodeList, type NodeListFault } from "./node-list.js";
import { expandNodeList } from "./testing/expand-node-list.js";

function holds(list: string): (hostname: string) => boolean {
  const parsed = parseNodeList(list);
  if (!parsed.ok) throw new Error(parsed.faults.map(({ message }) => message).join("; "));
  return compileNodeList(parsed.list);
}

function faultsOf(list: string): readonly NodeListFault[] {
  const parsed = parseNodeList(list);
  return parsed.ok ? [] : parsed.faults;
}

describe("a node list", () => {
  it.each([
    ["*", ["n1", "anything.example.org", ""], []],
    ["login", ["login"], ["login1", "logi", "Login", ""]],
    ["a-1,b2", ["a-1", "b2"], ["a-1,b2", "a", "b"]],
    ["n[01-10]", ["n01", "n09", "n10"], ["n00", "n11", "n1", "n001", "n011", "n", "n1a", "xn01", "n01x"]],
    ["n[005-500]", ["n005", "n500", "n123"], ["n004", "n501", "n5", "n0005"]],
    ["n[1-9]", ["n1", "n9"], ["n0", "n01", "n10"]],
    ["n[0-0]", ["n0"], ["n00", "n1"]],
    ["f[0101-0188,0201]", ["f0101", "f0188", "f0201"], ["f0189", "f0200", "f0202", "f020"]],
    ["n[1,3,12]", ["n1", "n3", "n12"], ["n2", "n11", "n13", "n123"]],
    ["n[1-9,10-20]", ["n1", "n9", "n10", "n12", "n20"], ["n0", "n21", "n120"]],
    ["n[10-20,1-9]x", ["n1x", "n12x"], ["n12", "n21x"]],
    ["n[1-2][1-9,10-11]", ["n11", "n29", "n110", "n211"], ["n31", "n1", "n112"]],
    ["r[1-2]-n[01-02]-ib", ["r1-n01-ib", "r2-n02-ib"], ["r1-n01", "r3-n01-ib"]],
    ["[01-02]", ["01", "02"], ["1", "03"]],
    ["n[0101-0199]", ["n0101"], ["n010:", "n01a0", "n01 5", "n١٢٣٤"]],
    ["n[99999999999999999998-99999999999999999999]", ["n99999999999999999998"], ["n99999999999999999997"]],
    ["login,f[01-02],g[1-2]x", ["login", "f02", "g2x"], ["f03", "g2"]],
  ])("%s", (list, inside, outside) => {
    const test = holds(list);
    expect(inside.filter((hostname) => !test(hostname))).toEqual([]);
    expect(outside.filter((hostname) => test(hostname))).toEqual([]);
  });
});

describe("a fault in a node list is told with its place and the mend", () => {
  // The caret stands below the place that the fault names.
  it.each([
    ["", "^", 'is empty; list the hosts, or write "*"'],
    [",a", "^", "is there a comma too many?"],
    ["a,,b", "  ^", "is there a comma too many?"],
    ["a,b,", "    ^", "is there a comma too many?"],
    ["a, b", "  ^", "there is a space; remove it"],
    ["a\n", " ^", "there is a space; remove it"],
    ["n_1", " ^", '"_" is not allowed; host names are of letters, digits and "-"'],
    ["n1.example.org", "  ^", '"." is not allowed'],
    ["ä1", "^", '"ä" is not allowed'],
    ["a,n*", "   ^", 'only "*" alone means every host'],
    ["*,a", "^", 'only "*" alone means every host'],
    ["n[01-10", " ^", 'the closing "]" is missing'],
    ["a,n[01-10,b", "   ^", 'the closing "]" is missing'],
    ["n[01-[02]]", " ^", "brackets cannot stand inside brackets"],
    ["n01]", "   ^", 'there is no "[" for this "]"'],
    ["n[]", "  ^", "a number is missing"],
    ["n[01,]", "     ^", "a number is missing; is there a comma too many?"],
    ["n[01-02,x]", "        ^", 'must be a number or a range such as 01-10, but is "x"'],
    ["n[01-]", "  ^", 'a range such as 01-10, but is "01-"'],
    ["n[-01]", "  ^", 'a range such as 01-10, but is "-01"'],
    ["n[01-02-03]", "  ^", 'a range such as 01-10, but is "01-02-03"'],
    ["n[01-02, 05]", "        ^", 'a range such as 01-10, but is " 05"'],
    ["n[+1-+2]", "  ^", 'a range such as 01-10, but is "+1-+2"'],
    ["n[01-100]", "  ^", '"01-100" has ends of different length; write 001-100'],
    [
      "n[8-1200]",
      "  ^",
      "write 0008-1200, or 8-9,10-99,100-999,1000-1200 if the names have no leading zeros",
    ],
    ["n[0101-88]", "  ^", '"0101-88" has ends of different length; write the last number in full'],
    ["n[01,10-02]", "     ^", '"10-02" ends before it starts; write 02-10'],
  ])("%j", (list, caret, message) => {
    const [fault, ...others] = faultsOf(list);
    expect(others).toEqual([]);
    expect(" ".repeat((fault?.column ?? 0) - 1) + "^").toBe(caret);
    expect(fault?.message).toContain(message);
  });

  it("for each term", () => {
    expect(faultsOf("a_,ok,n[1-10],[,").map(({ column }) => column)).toEqual([2, 9, 15]);
  });
});

describe("whatever the list", () => {
  const digits = fc
    .integer({ min: 1, max: 2 })
    .chain((length) =>
      fc
        .tuple(fc.nat({ max: 10 ** length - 1 }), fc.nat({ max: 12 }))
        .map(([first, more]) =>
          [first, Math.min(first + more, 10 ** length - 1)].map((number) =>
            String(number).padStart(length, "0"),
          ),
        ),
    );
  const range = fc.tuple(digits, fc.boolean()).map(([ends, single]) => (single ? ends[0] : ends.join("-")));
  const part = fc.oneof(
    fc.constantFrom("n", "n1", "0", "1", "-", "x"),
    fc.array(range, { minLength: 1, maxLength: 3 }).map((ranges) => `[${ranges.join(",")}]`),
  );
  const list = fc
    .array(
      fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("")),
      { minLength: 1, maxLength: 3 },
    )
    .map((terms) => terms.join(","));

  it("holds the hosts that writing it out gives, and no other", () => {
    const near = fc.array(fc.constantFrom(..."n01289-x:".split("")), { maxLength: 6 });
    fc.assert(
      fc.property(list, fc.array(near, { minLength: 20, maxLength: 20 }), (text, others) => {
        const expanded = expandNodeList(text);
        const test = holds(text);
        expect([...expanded].filter((hostname) => !test(hostname))).toEqual([]);
        const candidates = others.map((characters) => characters.join(""));
        for (const hostname of [...expanded].slice(0, 50))
          candidates.push(`${hostname}0`, `0${hostname}`, hostname.slice(1), hostname.replace(/\d/, "9"));
        expect(candidates.filter((hostname) => test(hostname) !== expanded.has(hostname))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("has faults only inside it and on one line, and none exactly when the grammar takes it", () => {
    const grammar =
      /^(\*|([A-Za-z0-9-]|\[\d+(-\d+)?(,\d+(-\d+)?)*\])+(,([A-Za-z0-9-]|\[\d+(-\d+)?(,\d+(-\d+)?)*\])+)*)$/;
    const endsFit = (text: string): boolean =>
      [...text.matchAll(/\[[^\]]*\]/g)].every(([body]) =>
        [...body.matchAll(/(\d+)-(\d+)/g)].every(
          ([, first = "", last = ""]) => first.length === last.length && Number(first) <= Number(last),
        ),
      );
    const piece = fc.constantFrom(..."n01-,[]* ".split(""), "[1-2]", "[01,03]", "[2-1]", "n1");
    const texts = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
      list,
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseNodeList(text);
        expect(parsed.ok).toBe(grammar.test(text) && endsFit(text));
        for (const { column, message } of faultsOf(text)) {
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual(text.length + 1);
          expect(message).not.toContain("\n");
        }
      }),
      { numRuns: 3000 },
    );
  });
});
