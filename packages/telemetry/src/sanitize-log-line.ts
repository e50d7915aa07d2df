/** Finished log lines (JSON text) are the last place where a secret or a terminal escape can be caught. */

/** A password inside any URL of the line, such as one in a driver's error message; but no port before a path. */
const urlPassword = /(:\/\/[^\s"'/@:\\]*:)(?!\d{1,5}\/)[^\s"'@\\]+@/g;
/** Control characters that JSON leaves as they are, and those that turn the direction of text. */
const rawControl = /[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;
/** Control characters in JSON's own escape, but for tab and newline. The look-behind keeps `\\u001b` as it is. */
const escapedControl = /(?<=(?:^|[^\\])(?:\\\\)*)\\(u00[01][0-9a-fA-F]|[bfr])/g;

const unicodeEscape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** For lines that are collected as JSON. */
export function sanitizeLogLine(line: string): string {
  const safe = line.includes("://") ? line.replace(urlPassword, "$1***@") : line;
  return safe.replace(rawControl, unicodeEscape);
}

/**
 * For lines that are printed in readable form on a terminal: what the printer would turn back into a control
 * character is escaped twice, so that a message from outside cannot move the cursor or rewrite the screen.
 */
export function sanitizeTerminalLine(line: string): string {
  return sanitizeLogLine(line)
    .replace(escapedControl, "\\\\$1")
    .replace(/(?<=(?:^|[^\\])(?:\\\\)*)\\(u(?:00[789]|20[26]))/g, "\\\\$1");
}
