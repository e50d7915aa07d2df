import { isGone, sequenceAt } from "@cc-ingest/jetstream";
import type { JetStreamManager, StreamInfo } from "@nats-io/jetstream";
import { mistake } from "../shared/cli-error.js";
import type { StreamPlace } from "../shared/parse.js";

/** A stream, and what is asked for of it: sequences, both included. */
export interface FoundRange {
  readonly stream: StreamInfo;
  readonly from: number;
  readonly to: number;
}

/** @throws CliError when there is no such stream or nothing between the two */
export async function findRange(
  jsm: JetStreamManager,
  name: string,
  fromPlace: StreamPlace,
  toPlace: StreamPlace | undefined,
): Promise<FoundRange> {
  const stream = await lookUp(jsm, name);
  const sequenceOf = async (place: StreamPlace): Promise<number> =>
    "sequence" in place ? place.sequence : await sequenceAt(jsm, name, place.time);
  const { first_seq: oldest, last_seq: newest } = stream.state;
  const from = await sequenceOf(fromPlace);
  const wanted = toPlace === undefined ? newest : await lastOf(toPlace, sequenceOf);
  const to = Math.min(wanted, newest);
  if (from > to || to < oldest)
    throw mistake(
      newest < oldest
        ? `stream ${name} is empty`
        : `there is nothing to replay: stream ${name} holds ${oldest} to ${newest}, and ${from} to ${wanted} were asked for`,
    );
  return { stream, from, to };
}

async function lastOf(
  place: StreamPlace,
  sequenceOf: (place: StreamPlace) => Promise<number>,
): Promise<number> {
  const sequence = await sequenceOf(place);
  return "sequence" in place ? sequence : sequence - 1;
}

async function lookUp(jsm: JetStreamManager, name: string): Promise<StreamInfo> {
  try {
    return await jsm.streams.info(name);
  } catch (cause) {
    if (!isGone(cause)) throw cause;
    const names: string[] = [];
    for await (const each of jsm.streams.names()) names.push(each);
    const hint = names.length === 0 ? "there are none" : `there are ${names.toSorted().join(", ")}`;
    throw mistake(`there is no stream ${name}: ${hint}`, { cause });
  }
}
