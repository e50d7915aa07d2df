const longest = 64;

/** A text short enough to stand in a message, in quotes, with what cannot be shown escaped. */
export function quoted(text: string): string {
  return JSON.stringify(excerpt(text));
}

/** The first characters of a text; it never ends inside a surrogate pair. */
export function excerpt(text: string): string {
  return text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text;
}
