import type { Config } from "@cc-ingest/config";
import type { StreamSpec, Worker } from "@cc-ingest/jetstream";

/** What the configuration says of the worker on the job-event subject, or undefined when it names no subjects. */
export function jobsWorker(config: Config): Worker | undefined {
  const subjects = config.apiSubjects;
  if (subjects === undefined) return undefined;
  const { jobs } = config.ingest;
  return { ...jobs, ...rate(config), subject: subjects.jobEvent, concurrency: subjects.jobConcurrency };
}

/** The same for the node-state subject. */
export function nodestateWorker(config: Config): Worker | undefined {
  const subjects = config.apiSubjects;
  if (subjects === undefined) return undefined;
  const { nodestate } = config.ingest;
  return {
    ...nodestate,
    ...rate(config),
    subject: subjects.nodeState,
    concurrency: subjects.nodeConcurrency,
  };
}

function rate({ ingest }: Config): Pick<Worker, "perSubjectAndSecond"> {
  return ingest.subjectRateLimit === 0 ? {} : { perSubjectAndSecond: ingest.subjectRateLimit };
}

/** The stream that job lifecycle events go to, or undefined when none go out. */
export function lifecycleStream({ ingest }: Config): StreamSpec | undefined {
  const { events, stream, subject } = ingest.lifecycle;
  return events === "off" ? undefined : { ...ingest.streams, name: stream, subject: `${subject}.*.*` };
}
