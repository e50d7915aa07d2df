import type { NatsConnection } from "@nats-io/transport-node";
import { PermissionViolationError } from "@nats-io/transport-node";
import type { Action } from "./actions.js";

/** What nobody may publish to: its refusal tells that everything before has been heard. */
const LAST = "the.last.one";

/** Does everything at once. @returns the actions that the broker did not refuse */
export async function permitted(nats: NatsConnection, actions: readonly Action[]): Promise<Action[]> {
  const refused = new Set<string>();
  const heard = (async () => {
    for await (const status of nats.status()) {
      if (status.type !== "error" || !(status.error instanceof PermissionViolationError)) continue;
      const { operation, subject } = status.error;
      if (subject === LAST) return;
      refused.add(`${operation} ${subject}`);
    }
    throw new Error("the connection has been closed");
  })();
  for (const { kind, subject } of actions)
    if (kind === "publish") nats.publish(subject, "");
    else nats.subscribe(subject, { callback: () => {} });
  nats.publish(LAST);
  await heard;
  return actions.filter(
    ({ kind, subject }) => !refused.has(`${kind === "publish" ? "publish" : "subscription"} ${subject}`),
  );
}
