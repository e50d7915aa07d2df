import { type Config, subjectToPublish } from "@cc-ingest/config";
import { mistake } from "./cli-error.js";
import { type Subjects, subjectsOf } from "./settings.js";

/** What messages are published to: subjects without wildcards. */
export type PublishSubjects = Pick<Subjects, "jobEvent" | "nodeState">;

/** Those of one cluster. @throws CliError when the configured ones don't tell */
export function publishSubjects(config: Config, cluster: string): PublishSubjects {
  const { jobEvent, nodeState } = subjectsOf(config);
  const made = (subscribed: string): string => {
    const subject = subjectToPublish(subscribed, cluster);
    if (!subject.ok) throw mistake(subject.message);
    return subject.value;
  };
  return { jobEvent: made(jobEvent), nodeState: made(nodeState) };
}
