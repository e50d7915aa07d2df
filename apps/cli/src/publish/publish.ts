import { type Config, subjectToPublish } from "@cc-ingest/config";
import { peekIdentity } from "@cc-ingest/protocol";
import { openBroker } from "../shared/broker.js";
import { CliError, mistake } from "../shared/cli-error.js";
import { exitCodes } from "../shared/exit-codes.js";
import { readInput } from "../shared/read-input.js";
import { type ConfigOption, settings, subjectsOf } from "../shared/settings.js";
import { showFault } from "../shared/show-fault.js";
import { note, print } from "../shared/terminal.js";
import { type Message, send } from "./send.js";
import { showSent } from "./show-sent.js";
import { type Entry, findFaults, splitLines } from "./split.js";
import { withTrace } from "./trace.js";

export interface PublishOptions extends ConfigOption {
  readonly subject?: string;
  readonly messagePerFile?: boolean;
  readonly check: boolean;
  readonly core?: boolean;
  readonly messageId?: string;
  readonly trace?: boolean;
  readonly json?: boolean;
}

export async function runPublish(file: string, options: PublishOptions): Promise<void> {
  const config = await settings(options, options.subject === undefined ? ["nats", "api-subjects"] : ["nats"]);
  if (options.subject?.split(".").some((token) => token === "*" || token === ">") === true)
    throw mistake(`--subject ${options.subject} stands for many subjects: name the one to publish to`);
  const input = await readInput(file);
  if (options.check) refuseFaults(file, input, config);
  const messages = messagesOf(file, input, config, options);
  await withTrace(options.trace === true, async () => {
    await using nats = await openBroker(config);
    const sent = await send(nats, messages, { core: options.core === true });
    print(options.json === true ? JSON.stringify(sent) : showSent(sent));
  });
}

const SHOWN = 10;

function refuseFaults(file: string, input: Uint8Array, config: Config): void {
  const now = BigInt(Date.now()) * 1_000_000n;
  const faults = findFaults(input, config.ingest.timestampPrecision, now);
  if (faults.length === 0) return;
  for (const fault of faults.slice(0, SHOWN)) note(showFault(file === "-" ? "stdin" : file, input, fault));
  const what = faults.length === 1 ? "one line is" : `${faults.length} lines are`;
  throw new CliError(
    exitCodes.mistake,
    `${what} wrong${faults.length > SHOWN ? `, the first ${SHOWN} are shown` : ""}; nothing was sent. Mend them, or send with --no-check`,
  );
}

function messagesOf(file: string, input: Uint8Array, config: Config, options: PublishOptions): Message[] {
  const entries = splitLines(input);
  if (entries.length === 0) throw mistake(`${file} holds no line to send`);
  const subjects = entries.map((entry) => options.subject ?? subjectFor(file, entry, config));
  const idOf = (number: number) =>
    options.messageId === undefined ? undefined : `${options.messageId}-${number}`;
  if (options.messagePerFile !== true)
    return entries.map(({ bytes }, index) => ({
      bytes,
      subject: subjects[index] ?? "",
      id: idOf(index + 1),
    }));
  const [subject = "", ...others] = new Set(subjects);
  if (others.length > 0)
    throw mistake(`the lines of ${file} go to ${subject} and ${others.join(" and ")}: give --subject`);
  return [{ bytes: input, subject, id: idOf(1) }];
}

function subjectFor(file: string, { kind, line, bytes }: Entry, config: Config): string {
  const { jobEvent, nodeState } = subjectsOf(config);
  if (kind === "other")
    throw mistake(`${file}:${line}: is neither a job event nor a node state: give --subject`);
  const subject = subjectToPublish(kind === "job" ? jobEvent : nodeState, peekIdentity(bytes).cluster);
  if (!subject.ok) throw mistake(`${file}:${line}: ${subject.message}: give --subject`);
  return subject.value;
}
