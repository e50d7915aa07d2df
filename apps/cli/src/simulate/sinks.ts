import { once } from "node:events";
import { open } from "node:fs/promises";
import { finished } from "node:stream/promises";
import type { SimulatedMessage } from "@cc-ingest/simulation";
import type { NatsConnection } from "@nats-io/transport-node";
import { AckedPublisher } from "../shared/acked-publisher.js";
import { messageOf, mistake } from "../shared/cli-error.js";
import type { PublishSubjects } from "../shared/publish-subjects.js";
import { Refusals } from "../shared/refusals.js";
import { refuseOversize } from "../shared/refuse-oversize.js";

/** Where simulated messages go. `send` waits while the receiver can't keep up. */
export interface Sink {
  send(message: SimulatedMessage): Promise<void>;
  /** Resolves when all is delivered. */
  finish(): Promise<void>;
  /** Messages that streams have acknowledged; undefined where nobody acknowledges. */
  readonly stored?: number;
}

const SMALLER = "lower --nodes-per-message or --script-bytes";
const FLUSH_MESSAGES = 256;
const FLUSH_BYTES = 1_000_000;

/** As real producers do it: nobody says whether anything stores the messages. */
export function coreSink(nats: NatsConnection, subjects: PublishSubjects): Sink {
  const refusals = new Refusals(nats);
  let messages = 0;
  let bytes = 0;
  const flush = async (): Promise<void> => {
    messages = 0;
    bytes = 0;
    await refusals.flush();
  };
  return {
    async send(message) {
      refuseOversize(nats, message.bytes, SMALLER);
      nats.publish(subjectOf(message, subjects), message.bytes);
      messages += 1;
      bytes += message.bytes.length;
      if (messages >= FLUSH_MESSAGES || bytes >= FLUSH_BYTES) await flush();
    },
    finish: flush,
  };
}

export function ackedSink(nats: NatsConnection, subjects: PublishSubjects): Sink {
  const publisher = new AckedPublisher(nats);
  return {
    async send(message) {
      refuseOversize(nats, message.bytes, SMALLER);
      await publisher.publish(subjectOf(message, subjects), message.bytes);
    },
    finish: () => publisher.finish(),
    get stored() {
      return publisher.count;
    },
  };
}

/** Lines into a file, or to standard output with `-`. */
export async function fileSink(path: string): Promise<Sink> {
  const stream: NodeJS.WritableStream = path === "-" ? process.stdout : await openFile(path);
  return {
    async send({ bytes }) {
      if (!stream.write(Buffer.concat([bytes, Buffer.from("\n")]))) await once(stream, "drain");
    },
    async finish() {
      if (path === "-") return;
      stream.end();
      await finished(stream);
    },
  };
}

async function openFile(path: string): Promise<NodeJS.WritableStream> {
  try {
    return (await open(path, "w")).createWriteStream();
  } catch (cause) {
    throw mistake(`${path} can't be written: ${messageOf(cause)}`, { cause });
  }
}

function subjectOf({ kind }: SimulatedMessage, { jobEvent, nodeState }: PublishSubjects): string {
  return kind === "nodestate" ? nodeState : jobEvent;
}
