import type { JsonFault } from "./json-fault.js";
import { textOf } from "../line/text.js";

/**
 * The first way in which `bytes[start, end)` is not acceptable JSON whatever its shape: syntax, nesting, NUL or lone
 * surrogates. A payload with the wrong shape is checked so once more, because "not JSON" is the better reason.
 */
export function checkJson(
  bytes: Uint8Array,
  start: number,
  end: number,
  maxDepth: number,
): JsonFault | undefined {
  const tooDeep = findDepth(bytes, start, end, maxDepth);
  if (tooDeep >= 0) {
    return fault("json_too_deep", `nested deeper than ${maxDepth} levels`, tooDeep - start);
  }
  const text = textOf(bytes, start, end);
  let problem: JsonFault | undefined;
  try {
    JSON.parse(text, (key, value: unknown) => {
      problem ??= checkText(key) ?? (typeof value === "string" ? checkText(value) : undefined);
      return undefined;
    });
  } catch {
    return fault("json_syntax", "not valid JSON", undefined);
  }
  return problem;
}

function checkText(text: string): JsonFault | undefined {
  if (text.includes("\0")) {
    return fault(
      "nul_character",
      "a string holds a NUL character, which the database cannot store",
      undefined,
    );
  }
  return text.isWellFormed()
    ? undefined
    : fault("lone_surrogate", "a string holds half a surrogate pair", undefined);
}

/** Offset of the first bracket beyond the depth, strings apart; -1 when there is none. */
function findDepth(bytes: Uint8Array, start: number, end: number, maxDepth: number): number {
  let depth = 0;
  let inString = false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === 92) {
        i++;
      } else if (byte === 34) {
        inString = false;
      }
    } else if (byte === 34) {
      inString = true;
    } else if (byte === 123 || byte === 91) {
      depth++;
      if (depth > maxDepth) {
        return i;
      }
    } else if (byte === 125 || byte === 93) {
      depth--;
    }
  }
  return -1;
}

function fault(code: JsonFault["code"], message: string, offset: number | undefined): JsonFault {
  return { code, message, path: undefined, offset };
}
