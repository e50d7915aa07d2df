import type { BrokerNames, LifecycleNames, WorkerNames } from "./broker-names.js";
import type { Grant } from "./grant.js";
import { inboxPrefix } from "./inbox-prefix.js";
import { acknowledge, consumerApi, streamApi, streamNames } from "./jetstream-subjects.js";

/** The users that every site has. Their names are also those of the services. */
export const userNames = [
  "ingest-jobs",
  "ingest-nodestate",
  "provisioner",
  "lifecycle-reader",
  "console",
  "rest-api",
] as const;

/** Who may do everything in the account: people. */
export const administrator = "admin";

export type UserName = (typeof userNames)[number];

/**
 * The permission lists: the only place where they stand. Allow-lists throughout, since whoever may publish anywhere can forge
 * another's acknowledgements (`$JS.ACK.>`), and whoever may create any consumer reads what he may not subscribe to.
 */
export function grants(names: BrokerNames): Readonly<Record<UserName, Grant>> {
  return {
    "ingest-jobs": ingestJobs(names),
    "ingest-nodestate": service("ingest-nodestate", names.nodestate),
    provisioner: provisioner(names),
    "lifecycle-reader": lifecycleReader(names.lifecycle),
    console: console(names),
    "rest-api": producerGrant("rest-api", [names.nodestate.subject]),
  };
}

/** One who publishes events, and learns from the stream that they are stored. `subjects`: with a cluster in the place of a `*`, where it speaks for one. */
export function producerGrant(user: string, subjects: readonly string[]): Grant {
  return { publish: subjects, subscribe: [ownInbox(user)], answers: false };
}

/** The durable consumer of the lifecycle stream for whoever reacts to jobs; the provisioner makes it. */
export const lifecycleDurable: UserName = "lifecycle-reader";

/** What a service reads again after a restore of its database, it reads through a consumer of this name that it makes itself. */
export function recoveryDurable(durable: string): string {
  return `${durable}-recovery`;
}

/** What is asked of services. Source: ADR-32 of NATS. */
const serviceVerbs = ["PING", "INFO", "STATS"] as const;

function ingestJobs(names: BrokerNames): Grant {
  const { publish, ...rest } = service("ingest-jobs", names.jobs);
  return { ...rest, publish: [...publish, ...announcing(names.lifecycle)] };
}

function service(name: "ingest-jobs" | "ingest-nodestate", { subject, stream, durable }: WorkerNames): Grant {
  const recovery = recoveryDurable(durable);
  return {
    publish: [
      streamNames,
      // It reads the stream anyway: the first message that is not acknowledged tells how far behind it is.
      ...streamApi(stream, "INFO", "MSG.GET"),
      ...consumerApi(stream, durable, "INFO", "MSG.NEXT"),
      ...acknowledge(stream, durable),
      // With name and filter in the subject the broker grants this consumer and no other.
      ...consumerApi(stream, recovery, "INFO", "MSG.NEXT", "DELETE"),
      ...consumerApi(stream, `${recovery}.${subject}`, "CREATE"),
      ...acknowledge(stream, recovery),
    ],
    subscribe: [
      ownInbox(name),
      ...serviceVerbs.flatMap((verb) => [`$SRV.${verb}`, `$SRV.${verb}.${name}`, `$SRV.${verb}.${name}.*`]),
      statsSubject(name),
    ],
    answers: true,
  };
}

function announcing(lifecycle: LifecycleNames | undefined): string[] {
  return lifecycle === undefined ? [] : [...streamApi(lifecycle.stream, "INFO"), lifecycle.subject];
}

function provisioner({ jobs, nodestate, lifecycle }: BrokerNames): Grant {
  const making = ({ subject, stream, durable }: WorkerNames): string[] => [
    ...streamApi(stream, "INFO", "CREATE", "UPDATE"),
    ...consumerApi(stream, durable, "INFO"),
    ...consumerApi(stream, `${durable}.${subject}`, "CREATE"),
  ];
  return {
    publish: [
      streamNames,
      ...making(jobs),
      ...making(nodestate),
      ...(lifecycle === undefined ? [] : making({ ...lifecycle, durable: lifecycleDurable })),
    ],
    subscribe: [ownInbox("provisioner")],
    answers: false,
  };
}

/** Through its durable consumer each event comes at least once; a plain subscription is for looking on. */
function lifecycleReader(lifecycle: LifecycleNames | undefined): Grant {
  const inbox = ownInbox("lifecycle-reader");
  if (lifecycle === undefined) return { publish: [], subscribe: [inbox], answers: false };
  const { stream, subject } = lifecycle;
  return {
    publish: [
      ...consumerApi(stream, lifecycleDurable, "INFO", "MSG.NEXT"),
      ...acknowledge(stream, lifecycleDurable),
    ],
    subscribe: [subject, inbox],
    answers: false,
  };
}

/** Looks at everything, also into stored messages, one by one and without a consumer; and announces the runs of dead letters that it replays. */
function console({ jobs, nodestate, lifecycle }: BrokerNames): Grant {
  const looking = ({ stream, durable }: WorkerNames): string[] => [
    ...streamApi(stream, "INFO", "MSG.GET"),
    ...consumerApi(stream, durable, "INFO"),
  ];
  const services = ["ingest-jobs", "ingest-nodestate"];
  return {
    publish: [
      streamNames,
      ...looking(jobs),
      ...looking(nodestate),
      ...announcing(lifecycle),
      ...serviceVerbs.flatMap((verb) => [`$SRV.${verb}`, ...services.map((name) => `$SRV.${verb}.${name}`)]),
      ...services.map(statsSubject),
    ],
    subscribe: [...(lifecycle === undefined ? [] : [lifecycle.subject]), ownInbox("console")],
    answers: false,
  };
}

/** Where any one replica of a service answers with what it has done. */
export function statsSubject(name: string): string {
  return `ccingest.${name}.stats`;
}

function ownInbox(user: string): string {
  return `${inboxPrefix(user)}.>`;
}
