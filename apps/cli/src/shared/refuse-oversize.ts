import type { NatsConnection } from "@nats-io/transport-node";
import { mistake } from "./cli-error.js";
import { count } from "./terminal.js";

/** A producer that does not look loses such messages. `mend`: how to make them smaller. */
export function refuseOversize(nats: NatsConnection, bytes: Uint8Array, mend: string): void {
  const limit = nats.info?.max_payload ?? Infinity;
  if (bytes.length > limit)
    throw mistake(
      `a message of ${count(bytes.length)} bytes is larger than the broker takes (max_payload ${count(limit)}): ${mend}`,
    );
}
