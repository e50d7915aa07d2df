import type { ServiceName } from "./replica.ts";
import type { Message } from "./traffic.ts";

const START = 1_760_000_000;

export const escape = (json: string): string => json.replaceAll("\\", "\\\\").replaceAll('"', '\\"');

export function startLine(jobId: number, more: object = {}): string {
  const event = {
    cluster: "fritz",
    user: "k106eb10",
    project: "k106eb",
    partition: "singlenode",
    numNodes: 1,
    resources: [{ hostname: "f0720" }],
    jobId,
    startTime: START,
    ...more,
  };
  return `job,function=start_job event="${escape(JSON.stringify(event))}" ${START}000000000`;
}

/** A minute after `startLine`. */
export function stopLine(jobId: number): string {
  const event = { cluster: "fritz", jobState: "completed", jobId, stopTime: START + 60 };
  return `job,function=stop_job event="${escape(JSON.stringify(event))}" ${START + 60}000000000`;
}

export function message(to: ServiceName, text: string): Message {
  return { to, bytes: Buffer.from(text) };
}
