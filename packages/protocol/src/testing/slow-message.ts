import { slowParseJson, type SlowJson } from "./slow-json.js";
import { slowDecodeLines } from "./slow-line-decoder.js";
import { nodeStatesShape, slowRead, startJobShape, stopJobShape } from "./slow-payload.js";
import type { Shape, SlowFault } from "./slow-payload.js";
import { slowBuild } from "./slow-build.js";

/** What a line should come to: its payload, or the code of its refusal (`line`: bad syntax, `route`: no event). */
export type SlowOutcome =
  | {
      readonly kind: "start_job" | "stop_job" | "nodestate";
      readonly payload: unknown;
      readonly time: bigint;
    }
  | { readonly kind: "rejected"; readonly code: string; readonly path: string | undefined };

const shapes: Readonly<Record<string, Shape>> = {
  start_job: startJobShape,
  stop_job: stopJobShape,
  nodestate: nodeStatesShape,
};

export function slowDecodeMessage(input: Uint8Array, streamTime: bigint): SlowOutcome[] {
  return slowDecodeLines(input, true, false).map((line) => {
    if (!line.ok) {
      return rejected("line");
    }
    const { measurement, tags, fields, timestamp } = line.point;
    const isSane = saneTime(streamTime);
    const called = tags.findLast(([key]) => key === "function")?.[1];
    const kind = measurement === "nodestate" ? "nodestate" : measurement === "job" ? called : undefined;
    const event = fields.findLast(([key]) => key === "event")?.[1];
    if (kind !== "start_job" && kind !== "stop_job" && kind !== "nodestate") {
      return rejected("route");
    }
    if (event?.kind !== "string") {
      return rejected("route");
    }
    if (timestamp !== undefined && !isSane(Number(timestamp) / 1e9)) {
      return rejected("time");
    }
    const shape = shapes[kind];
    const json = slowParseJson(event.value);
    if (shape === undefined || json === undefined) {
      return rejected(depthOf(event.value) > 16 ? "json_too_deep" : "json_syntax");
    }
    if (depthOf(event.value) > 16) {
      return rejected("json_too_deep");
    }
    const faults: SlowFault[] = [];
    checkTexts(json, faults);
    const value = json.type === "null" ? {} : slowRead(json, shape, "", faults);
    const payload = faults.length > 0 ? undefined : slowBuild(kind, value, isSane, faults);
    const [fault] = faults;
    return fault === undefined
      ? { kind, payload, time: timestamp ?? streamTime }
      : rejected(fault.code, fault.path === "" ? undefined : fault.path);
  });
}

function saneTime(streamTime: bigint): (seconds: number) => boolean {
  return (seconds) => seconds >= Date.UTC(2000, 0) / 1000 && seconds <= Number(streamTime) / 1e9 + 86_400;
}

function rejected(code: string, path?: string): SlowOutcome {
  return { kind: "rejected", code, path };
}

/** How deep brackets nest outside strings, in any text. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\[^])*"?|[[{]|[\]}]/g)) {
    depth += /^[[{]/.test(token) ? 1 : /^[\]}]/.test(token) ? -1 : 0;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function checkTexts(json: SlowJson, faults: SlowFault[]): void {
  if (json.type === "array") {
    json.items.forEach((item) => checkTexts(item, faults));
  } else if (json.type === "object") {
    for (const [key, member] of json.members) {
      checkTexts({ type: "string", value: key }, faults);
      checkTexts(member, faults);
    }
  } else if (json.type === "string" && json.value.includes("\0")) {
    faults.push({ code: "nul_character", path: "" });
  } else if (json.type === "string" && !json.value.isWellFormed()) {
    faults.push({ code: "lone_surrogate", path: "" });
  }
}
