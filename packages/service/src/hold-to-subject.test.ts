import { type MessageOutcome, decodeMessage } from "@cc-ingest/protocol";
import { expect, test } from "vitest";
import { decodeBatch } from "./decode-batch.js";
import { holdToSubject } from "./hold-to-subject.js";
import { deliveryOf } from "./testing/delivery.js";

type Line = Extract<MessageOutcome, { kind: "start_job" | "stop_job" | "nodestate" }>;

const escaped = (event: object) => JSON.stringify(event).replaceAll(/[\\"]/g, "\\$&");
const nodesText = (cluster: string) =>
  `nodestate event="${escaped({ cluster, nodes: [{ hostname: "n1", states: ["idle"] }] })}"`;
const startText = (cluster: string) =>
  `job,function=start_job event="${escaped({ cluster, user: "u", jobId: 1, numNodes: 1, resources: [{ hostname: "n1" }], startTime: 1_760_000_000 })}"`;
const stopText = (cluster?: string) =>
  `job,function=stop_job event="${escaped({ cluster, jobId: 1, stopTime: 1_760_000_000 })}"`;

function lineOf(text: string): Line {
  const [line] = decodeMessage(new TextEncoder().encode(text), { streamTime: 1_760_000_000_000_000_000n });
  if (line === undefined || line.kind === "rejected") throw new Error(text);
  return line;
}

const texts = [startText, stopText, nodesText];
const hold = holdToSubject("cc.job.event.*");

test.each(texts)("a line that names the cluster of its subject is taken as it is", (text) => {
  const line = lineOf(text("alpha"));
  expect(hold(line, "cc.job.event.alpha")).toBe(line);
});

test.each(texts)("a line that names another cluster is refused, and the reason names both", (text) => {
  expect(hold(lineOf(text("beta")), "cc.job.event.alpha")).toEqual({
    reason: "cluster_mismatch",
    message: "the line names the cluster beta, its subject cc.job.event.alpha the cluster alpha",
  });
});

test.each(["Alpha", "alpha ", "alph", "al.pha"])("%j is not alpha", (cluster) => {
  expect(hold(lineOf(startText(cluster)), "cc.job.event.alpha")).toMatchObject({
    reason: "cluster_mismatch",
  });
});

test("a stop that names no cluster is of its subject's", () => {
  const line = lineOf(stopText());
  expect(hold(line, "cc.job.event.alpha")).toEqual({
    ...line,
    stop: { ...("stop" in line ? line.stop : {}), cluster: "alpha" },
  });
});

test.each(["x".repeat(513), "ä".repeat(257), "a\0b"])(
  "but not when that can't be a cluster's name",
  (cluster) => {
    expect(hold(lineOf(stopText()), `cc.job.event.${cluster}`)).toMatchObject({ reason: "cluster_mismatch" });
  },
);

test.each(texts)("a subject that is none of those subscribed to speaks for nobody", (text) => {
  expect(hold(lineOf(text("alpha")), "other.job.event.alpha")).toMatchObject({
    reason: "cluster_mismatch",
    message: expect.stringContaining("is none of cc.job.event.*") as string,
  });
});

test.each([undefined, "cc.job.event", "cc.>", "cc.*.event.*"])(
  "with %s no cluster is held against the subject",
  (subscribed) => {
    const line = lineOf(stopText());
    expect(holdToSubject(subscribed)(line, "cc.job.event.alpha")).toBe(line);
  },
);

test("each line is held against the subject of its own message, and only the wrong ones are refused", () => {
  const accept = (line: MessageOutcome, subject: string) =>
    line.kind === "start_job" ? hold<Line>(line, subject) : undefined;
  const { events, deadLetters } = decodeBatch(
    [
      deliveryOf(`${startText("alpha")}\n${startText("beta")}\n${startText("alpha")}`, {
        subject: "cc.job.event.alpha",
      }),
      deliveryOf(`${startText("alpha")}\n${startText("beta")}`, { subject: "cc.job.event.beta" }),
    ],
    { service: "ingest-jobs", build: "1", precision: "ns", accept },
  );
  expect(events.map(({ line, delivery }) => [delivery.subject.at(-1), line])).toEqual([
    ["a", 1],
    ["a", 3],
    ["a", 2],
  ]);
  expect(
    deadLetters.map(({ reason, lineNumber, raw }) => [reason, lineNumber, new TextDecoder().decode(raw)]),
  ).toEqual([
    ["cluster_mismatch", 2, startText("beta")],
    ["cluster_mismatch", 1, startText("alpha")],
  ]);
});
