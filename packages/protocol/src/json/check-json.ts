import type { JsonFault } from "./json-fault.js";

/**
 * The first way in which a text is not acceptable JSON whatever its shape: nesting, syntax, NUL or lone surrogates. A
 * payload with the wrong shape is checked so once more, because "not JSON" is the better reason to give.
 */
export function checkJson(text: string, maxDepth: number): JsonFault | undefined {
  if (depthExceeds(text, maxDepth)) {
    return fault("json_too_deep", `nested deeper than ${maxDepth} levels`);
  }
  try {
    JSON.parse(text);
  } catch {
    return fault("json_syntax", "not valid JSON");
  }
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"/g)) {
    const problem = checkText(JSON.parse(token) as string);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

function checkText(text: string): JsonFault | undefined {
  if (text.includes("\0")) {
    return fault("nul_character", "a string holds a NUL character, which the database cannot store");
  }
  return text.isWellFormed() ? undefined : fault("lone_surrogate", "a string holds half a surrogate pair");
}

/** Whether brackets outside strings nest deeper than `most`. */
function depthExceeds(text: string, most: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      inString = !inString;
    } else if (inString) {
      i += char === "\\" ? 1 : 0;
    } else if (char === "{" || char === "[") {
      depth++;
      if (depth > most) {
        return true;
      }
    } else if (char === "}" || char === "]") {
      depth--;
    }
  }
  return false;
}

function fault(code: JsonFault["code"], message: string): JsonFault {
  return { code, message, path: undefined, offset: undefined };
}
