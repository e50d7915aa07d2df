import type { MessageOutcome } from "@cc-ingest/protocol";
import { expect, test } from "vitest";
import { decodeBatch } from "./decode-batch.js";
import { deliveryOf } from "./testing/delivery.js";

type Stop = Extract<MessageOutcome, { kind: "stop_job" }>;

const context = {
  service: "ingest-jobs",
  build: "1.2.3",
  precision: "ns" as const,
  accept: (outcome: MessageOutcome): Stop | undefined => (outcome.kind === "stop_job" ? outcome : undefined),
};

const stop = (jobId: number) =>
  `job,function=stop_job event="{\\"jobId\\":${jobId},\\"stopTime\\":1760000000}" 1760000000000000000`;

test("every line of every message ends as an event or as a dead letter, in order", () => {
  const nodestate = String.raw`nodestate event="{\"cluster\":\"fritz\",\"nodes\":[]}"`;
  const deliveries = [
    deliveryOf(`${stop(1)}\n# comment\n\nbroken\n${stop(2)}`),
    deliveryOf(nodestate, { sequence: 8 }),
    deliveryOf(""),
    deliveryOf(stop(3), { sequence: 10 }),
  ];
  const { events, deadLetters } = decodeBatch(deliveries, context);
  expect(events.map(({ stop: { jobId }, line, delivery }) => [jobId, line, delivery.sequence])).toEqual([
    [1n, 1, 7],
    [2n, 5, 7],
    [3n, 1, 10],
  ]);
  expect(deadLetters.map((letter) => [letter.streamSequence, letter.lineNumber])).toEqual([
    [7, 4],
    [8, 1],
  ]);
});

test("a line that is refused in part is both: an event, and a dead letter with the whole line", () => {
  const refused = { reason: "host_in_no_subcluster", message: "one of them" } as const;
  const accept = (outcome: MessageOutcome) =>
    outcome.kind === "stop_job" ? { ...outcome, refused } : undefined;
  const { events, deadLetters } = decodeBatch([deliveryOf(`${stop(1)}\n${stop(2)}`)], { ...context, accept });
  expect(events).toHaveLength(2);
  expect(deadLetters).toMatchObject([
    { ...refused, lineNumber: 1 },
    { ...refused, lineNumber: 2 },
  ]);
  expect(new TextDecoder().decode(deadLetters[1]?.raw)).toBe(stop(2));
});

test("a dead letter holds all that is known of its line", () => {
  const { deadLetters } = decodeBatch([deliveryOf(`${stop(1)}\nbroken line\n`)], context);
  const [letter] = deadLetters;
  expect(new TextDecoder().decode(letter?.raw)).toBe("broken line");
  expect(letter).toMatchObject({
    service: "ingest-jobs",
    build: "1.2.3",
    stream: "CC_JOB",
    streamSequence: 7,
    receivedAt: 1_760_000_000_000_000_000n,
    subject: "cc.job.event",
    headers: { traceparent: ["00-1-2-01"] },
    lineNumber: 2,
    sqlstate: undefined,
  });
  expect(letter?.reason).toMatch(/^[a-z_]+$/);
  expect(letter?.message).toMatch(/^column \d+: \S/);
});

test("what is wrong with a key names the key once", () => {
  const misspelt = String.raw`job,function=stop_job event="{\"jobId\":1,\"jobSate\":\"failed\"}"`;
  const { deadLetters } = decodeBatch([deliveryOf(misspelt)], context);
  expect(deadLetters.map(({ message }) => message)).toEqual([
    'jobSate: unknown key "jobSate"; did you mean "jobState"?',
  ]);
});

test("an event that belongs to another service says so", () => {
  const start = String.raw`job,function=start_job event="{\"cluster\":\"c\",\"user\":\"u\",\"jobId\":1,\"numNodes\":1,\"resources\":[{\"hostname\":\"a\"}],\"startTime\":1760000000}"`;
  const { deadLetters } = decodeBatch([deliveryOf(start)], context);
  expect(deadLetters).toMatchObject([
    { reason: "unsupported_event", message: expect.stringContaining("start_job") },
  ]);
});

test("a line without a time has the time the stream stored it", () => {
  const { events } = decodeBatch(
    [deliveryOf(stop(1).replace(/ \d+$/, ""), { storedAt: 1_760_000_000_000_000_123n })],
    context,
  );
  expect(events[0]?.eventTime).toBe(1_760_000_000_000_000_123n);
});

test("a line that the service refuses becomes a dead letter with its reason", () => {
  const refusing = {
    ...context,
    accept: () => ({ reason: "unknown_cluster", message: "no such cluster" }) as const,
  };
  const { events, deadLetters } = decodeBatch([deliveryOf(stop(1))], refusing);
  expect(events).toEqual([]);
  expect(deadLetters).toMatchObject([
    { reason: "unknown_cluster", message: "no such cluster", lineNumber: 1 },
  ]);
});
