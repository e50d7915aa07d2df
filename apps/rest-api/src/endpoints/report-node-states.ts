import { subjectToPublish } from "@cc-ingest/config";
import { decodeMessage } from "@cc-ingest/protocol";
import { type LineEvent, type Rejection, type Work, nodestateWork } from "@cc-ingest/service";
import type { WebRuntime } from "@cc-ingest/web";
import { HTTPException } from "hono/http-exception";
import { Type } from "typebox";
import { applyDirectly } from "../apply-directly.js";
import { bodySchemas } from "../body-schemas.js";
import { endpoint } from "../endpoint.js";
import { eventLine } from "../event-line.js";
import { publishNodeStates } from "../publish-node-states.js";
import { writingRoles } from "../roles.js";
import { Success } from "../schemas/common.js";

/** With subjects configured the states take the way over the stream, and only its acknowledgement counts; else they are stored at once. */
export function reportNodeStates(runtime: WebRuntime) {
  const work = ofSomeNode(nodestateWork(runtime));
  const subject = runtime.config.apiSubjects?.nodeState;

  async function store(line: Uint8Array, path: string): Promise<void> {
    await applyDirectly(runtime, work, line, path, ({ outcome, refusal }) => {
      // Of a line with unlisted hosts the others are stored, and a dead letter names those. A duplicate tells what is known already.
      if (outcome !== "applied" && outcome !== "duplicate")
        throw refusalOf(refusal ?? { reason: "database_refused", message: "the line was not stored" });
    });
  }

  async function publish(line: Uint8Array, configured: string): Promise<void> {
    const [outcome] = decodeMessage(line, { streamTime: BigInt(Date.now()) * 1_000_000n });
    if (outcome?.kind !== "nodestate")
      throw refusalOf(
        outcome?.kind === "rejected"
          ? { reason: outcome.code, message: outcome.message }
          : { reason: "invalid_message", message: "these are no node states" },
      );
    const target = subjectToPublish(configured, outcome.nodes.cluster);
    if (!target.ok) throw new HTTPException(400, { message: target.message });
    const accepted = work.accept(outcome, target.value);
    if (accepted === undefined || "reason" in accepted)
      throw refusalOf(accepted ?? { reason: "unsupported_event", message: "these are no node states" });
    if (runtime.broker === undefined) throw new Error("subjects are configured, and no broker is used");
    await publishNodeStates(runtime.broker, target.value, outcome.nodes);
  }

  return endpoint({
    methods: ["post", "put"],
    path: "/api/nodestate/",
    summary: "What the scheduler says of nodes now.",
    roles: writingRoles,
    parameters: Type.Object({}),
    query: Type.Object({}),
    body: bodySchemas.nodeStates,
    answers: {
      200: {
        description:
          subject === undefined ? "It is stored." : `The stream of the subject ${subject} has stored it.`,
        schema: Success,
      },
    },
    async handle(c) {
      const line = await eventLine(c, "nodestate");
      await (subject === undefined ? store(line, c.req.path) : publish(line, subject));
      return c.json({ msg: "success" });
    },
  });
}

/** A report of no node would be answered with success although nothing is stored of it. */
function ofSomeNode<Event extends LineEvent>(work: Work<Event>): Work<Event> {
  const empty: Rejection = { reason: "invalid_value", message: "nodes is empty: there is nothing to store" };
  return {
    ...work,
    accept: (line, subject) =>
      line.kind === "nodestate" && line.nodes.nodes.length === 0 ? empty : work.accept(line, subject),
  };
}

function refusalOf({
  reason,
  message,
}: {
  readonly reason: string;
  readonly message: string;
}): HTTPException {
  return new HTTPException(400, { message: `${reason}: ${message}` });
}
