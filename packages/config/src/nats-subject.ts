import { accept, quote, refuse, textType, type SettingType } from "./setting-type.js";

/** What is wrong with a subject to subscribe to, or undefined when it is fine. */
export function subjectFault(subject: string): string | undefined {
  if (subject === "") return 'must not be empty; write for example "cc.job.event"';
  if (/[\s\p{Cc}]/u.test(subject)) return `must not contain spaces or control characters: ${quote(subject)}`;
  const tokens = subject.split(".");
  if (tokens.includes("")) return `has an empty token (a dot too many): ${quote(subject)}`;
  if (tokens.some((token) => token.length > 1 && /[*>]/.test(token)))
    return `uses "*" or ">" inside a token; a wildcard must be a whole token: ${quote(subject)}`;
  const tail = tokens.indexOf(">");
  if (tail !== -1 && tail !== tokens.length - 1)
    return `has ">" before the end; only the last token may be ">": ${quote(subject)}`;
  const [first = ""] = tokens;
  if (first === "*" || first === ">")
    return `starts with a wildcard and would take the broker's own messages too: ${quote(subject)}`;
  if (first.startsWith("$") || first === "_INBOX")
    return `starts with ${first}, which is reserved for the broker: ${quote(subject)}`;
  return undefined;
}

/** True when some subject matches both patterns. Both must be without fault. */
export function subjectsOverlap(left: string, right: string): boolean {
  const a = left.split(".");
  const b = right.split(".");
  for (let index = 0; ; index += 1) {
    const x = a[index];
    const y = b[index];
    if (x === undefined || y === undefined) return x === y;
    if (x === ">" || y === ">") return true;
    if (x !== y && x !== "*" && y !== "*") return false;
  }
}

export const natsSubject: SettingType<string> = textType("NATS subject", { minLength: 1 }, (text) => {
  const fault = subjectFault(text);
  return fault === undefined ? accept(text) : refuse(fault);
});

/** A subject to publish to: no wildcards. */
export const plainSubject: SettingType<string> = textType("NATS subject", { pattern: "^[^*>]+$" }, (text) => {
  const fault =
    subjectFault(text) ?? (/[*>]/.test(text) ? `must not have wildcards: ${quote(text)}` : undefined);
  return fault === undefined ? accept(text) : refuse(fault);
});
