import { inboxPrefix } from "@cc-ingest/access";
import { mistake } from "../shared/cli-error.js";
import { type ConfigOption, settings, subjectsOf } from "../shared/settings.js";
import { note, print } from "../shared/terminal.js";
import { AuthorityDirectory } from "./authority-directory.js";
import type { DirectoryOption } from "./options.js";
import { producerOf } from "./producer.js";

export interface AddProducerOptions extends ConfigOption, DirectoryOption {
  readonly expires?: number;
  readonly json?: boolean;
}

export async function runAddProducer(cluster: string, options: AddProducerOptions): Promise<void> {
  if (!/^[\w-]+$/.test(cluster))
    throw mistake(
      `the cluster ${JSON.stringify(cluster)} can't be part of a user's name: use letters, digits, _ and -`,
    );
  const config = await settings(options, ["api-subjects"]);
  const { user, grant } = producerOf(config, cluster);
  const directory = await AuthorityDirectory.open(options.directory);
  const credentials = await directory.addUser(user, {
    grant,
    ...(options.expires === undefined ? {} : { expires: new Date(options.expires) }),
  });
  const inbox = inboxPrefix(user);
  if (options.json === true) {
    print(JSON.stringify({ user, credentials, publish: grant.publish, inboxPrefix: inbox }));
    return;
  }
  print(credentials);
  note(
    `${user} may publish to ${grant.publish.join(" and ")}; answers of the stream come in below ${inbox}.`,
  );
  const subscribed = subjectsOf(config);
  if ([subscribed.jobEvent, subscribed.nodeState].every((subject) => !subject.includes("*")))
    note(
      "Every producer may speak for every cluster: the subjects name none. With SUBJECT_JOB_EVENT='cc.job.event.*' each speaks for its own.",
    );
}
