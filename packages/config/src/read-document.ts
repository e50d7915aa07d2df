import { accessSync, constants, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parseTree, printParseErrorCode, type Node, type ParseError } from "jsonc-parser";
import type { Problem } from "./problem.js";

/** One parsed JSON file. */
export interface Document {
  /** How messages name the file: the path as the user wrote it. */
  readonly label: string;
  readonly root: Node;
}

export type DocumentResult =
  | { readonly ok: true; readonly document: Document }
  | { readonly ok: false; readonly problem: Problem };

const explanations: Readonly<Record<string, string>> = {
  InvalidSymbol: "a word that is not JSON (texts need double quotes)",
  InvalidNumberFormat: "a number that is not JSON",
  PropertyNameExpected: "a key in double quotes is missing (is there a comma too many before it?)",
  ValueExpected: "a value is missing (is there a comma too many before it?)",
  ColonExpected: 'a ":" is missing',
  CommaExpected: 'a "," or a closing bracket is missing',
  CloseBraceExpected: 'a "}" is missing',
  CloseBracketExpected: 'a "]" is missing',
  EndOfFileExpected: "there is more text after the end of the object",
  InvalidCommentToken: "comments are not allowed in JSON",
  UnexpectedEndOfComment: "comments are not allowed in JSON",
  UnexpectedEndOfString: "a closing double quote is missing",
  UnexpectedEndOfNumber: "a number is incomplete",
  InvalidUnicode: 'a "\\u" escape is not complete',
  InvalidEscapeCharacter: "an unknown escape after a backslash",
  InvalidCharacter: "a control character inside a text; write it as an escape",
};

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Parses `text` strictly. Messages give line and column and never quote the text: it may hold passwords. */
export function parseDocument(label: string, text: string): DocumentResult {
  const fail = (message: string): DocumentResult => ({ ok: false, problem: { place: label, message } });
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (body.trim() === "") return fail("is empty; it must hold a JSON object, at least {}");
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(body, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    // The parser calls itself for each level.
    if (error instanceof RangeError) return fail("is nested too deeply; it cannot be what it should be");
    throw error;
  }
  const [first] = errors;
  if (first !== undefined) {
    const code = printParseErrorCode(first.error);
    return fail(`is not valid JSON at ${lineAndColumn(body, first.offset)}: ${explanations[code] ?? code}`);
  }
  if (root?.type !== "object") return fail("must hold a JSON object at the top level");
  return { ok: true, document: { label, root } };
}

/** Reads a JSON file; `label` is how the user wrote its path, `directory` where a relative one starts. */
export function readDocument(label: string, directory: string): DocumentResult {
  const text = readText(resolve(directory, label));
  if (typeof text === "string") return parseDocument(label, text);
  return { ok: false, problem: { place: label, message: text.fault } };
}

/** The content of a UTF-8 file, or in plain words why it cannot be read. */
export function readText(path: string): string | { readonly fault: string } {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    return { fault: fileFault(error, path) };
  }
}

/** Why a file can't be read; undefined when it can. */
export function unreadable(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return fileFault(error, path);
  }
}

export function fileFault(error: unknown, path: string): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return `there is no such file: ${path}`;
    case "EACCES":
    case "EPERM":
      return `the file may not be read by this user: ${path}`;
    case "EISDIR":
      return `is a directory, not a file: ${path}`;
    case "ENOTDIR":
      return `a part of the path is not a directory: ${path}`;
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return `is not valid UTF-8: ${basename(path)}`;
    default:
      return `cannot be read${typeof code === "string" ? ` (${code})` : ""}: ${path}`;
  }
}
