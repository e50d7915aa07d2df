/** Every host name of a valid node list without `*`, by writing them all out; slow, and unlike the matcher. */
export function expandNodeList(text: string): Set<string> {
  const terms = text.match(/(?:\[[^\]]*\]|[^,[])+/g) ?? [];
  return new Set(terms.flatMap(expandTerm));
}

function expandTerm(term: string): string[] {
  const bracket = /^(.*)\[([^\]]*)\](.*?)$/.exec(term);
  if (bracket === null) return [term];
  const [, before = "", body = "", after = ""] = bracket;
  return expandTerm(before).flatMap((start) =>
    body.split(",").flatMap((range) => expandRange(range).map((number) => `${start}${number}${after}`)),
  );
}

function expandRange(range: string): string[] {
  const [first = "", last = first] = range.split("-");
  const numbers: string[] = [];
  for (let number = Number(first); number <= Number(last); number++)
    numbers.push(String(number).padStart(first.length, "0"));
  return numbers;
}
