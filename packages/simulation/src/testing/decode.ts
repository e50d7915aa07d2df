import { type MessageOutcome, decodeMessage } from "@cc-ingest/protocol";
import { type SimulatedMessage, type SimulationOptions, defaultOptions, simulate } from "../index.js";

export const startTime = Date.UTC(2026, 2, 1, 12);

export function run(options: Partial<SimulationOptions>): SimulatedMessage[] {
  return [...simulate({ ...defaultOptions, startTime, ...options })];
}

/** What the services make of a message, had the stream stored it when it was due. */
export function outcomes(message: SimulatedMessage): MessageOutcome[] {
  const streamTime = BigInt(startTime + message.due) * 1_000_000n;
  return [...decodeMessage(message.bytes, { streamTime })];
}

export function starts(messages: readonly SimulatedMessage[]) {
  return messages.flatMap((message) =>
    outcomes(message).flatMap((outcome) => (outcome.kind === "start_job" ? [{ message, ...outcome }] : [])),
  );
}

export function stops(messages: readonly SimulatedMessage[]) {
  return messages.flatMap((message) =>
    outcomes(message).flatMap((outcome) => (outcome.kind === "stop_job" ? [{ message, ...outcome }] : [])),
  );
}

export function text(message: SimulatedMessage): string {
  return Buffer.from(message.bytes).toString();
}
