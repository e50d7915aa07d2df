import { rejectCodes } from "../codes.js";
import { decodeMessage } from "../message/decode-message.js";
import type { MessageOptions } from "../message/decode-message.js";
import type { MessageOutcome } from "../message/outcome.js";
import { bytesOf } from "./marked-input.js";

export const streamTime = 1_760_000_000_000_000_000n;

/** An hour before the stream's time, in Unix seconds. */
export const recently = 1_759_996_400;

export const startPayload = {
  jobId: 1403244,
  cluster: "fritz",
  user: "k106eb10",
  numNodes: 1,
  resources: [{ hostname: "f0720" }],
  startTime: recently,
};

export const stopPayload = { jobId: 1403244, cluster: "fritz", stopTime: recently, jobState: "completed" };

/** The line of an event; a payload that is a string is JSON text already. */
export function eventLine(kind: "start_job" | "stop_job" | "nodestate", payload: unknown): string {
  const json = typeof payload === "string" ? payload : JSON.stringify(payload);
  const head = kind === "nodestate" ? kind : `job,function=${kind}`;
  return `${head} event="${json.replaceAll(/[\\"]/g, "\\$&")}"`;
}

export function decodeAll(text: string, options: Partial<MessageOptions> = {}): MessageOutcome[] {
  return [...decodeMessage(bytesOf(text), { streamTime, ...options })];
}

/** The only outcome of a text. */
export function decodeOne(text: string, options: Partial<MessageOptions> = {}): MessageOutcome {
  const outcomes = decodeAll(text, options);
  const [outcome] = outcomes;
  if (outcome === undefined || outcomes.length > 1) {
    throw new Error(`${outcomes.length} outcomes instead of one`);
  }
  return outcome;
}

/** `code` or `code at path` of a refusal; the kind of anything else. */
export function verdict(outcome: MessageOutcome): string {
  if (outcome.kind !== "rejected") {
    return outcome.kind;
  }
  if (!rejectCodes.includes(outcome.code)) {
    throw new Error(`${outcome.code} is not one of the codes`);
  }
  return outcome.path === undefined ? outcome.code : `${outcome.code} at ${outcome.path}`;
}
