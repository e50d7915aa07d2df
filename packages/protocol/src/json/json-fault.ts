import { excerpt, quoted } from "../excerpt.js";
import type { RejectCode } from "../codes.js";

/** What is wrong with a payload. */
export interface JsonFault {
  readonly code: RejectCode;
  readonly message: string;
  /** Such as `resources[3].hostname`; undefined when it concerns the payload as a whole. */
  readonly path: string | undefined;
  /** Byte offset in the input; undefined when no single place is to blame. */
  readonly offset: number | undefined;
}

/** `resources[3].hostname`; keys that are no plain names stand in brackets and quotes. */
export function renderPath(steps: ReadonlyArray<string | number>): string | undefined {
  let path = "";
  for (const step of steps) {
    if (typeof step === "number") {
      path += step < 0 ? "" : `[${step}]`;
    } else if (/^[A-Za-z_$][\w$]*$/.test(step)) {
      path += path === "" ? excerpt(step) : `.${excerpt(step)}`;
    } else {
      path += `[${quoted(step)}]`;
    }
  }
  return path === "" ? undefined : path;
}
