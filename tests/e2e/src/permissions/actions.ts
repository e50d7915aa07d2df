import { type UserName, inboxPrefix, userNames } from "@cc-ingest/access";

export const PRODUCERS = ["producer-alpha", "producer-beta"] as const;
export type User = UserName | (typeof PRODUCERS)[number];
export const users: readonly User[] = [...userNames, ...PRODUCERS];

export interface Action {
  readonly what: string;
  readonly kind: "publish" | "subscribe";
  readonly subject: string;
  /** Everybody else is refused. */
  readonly who: readonly User[];
}

export const subjects = { job: "cc.job.event.*", node: "cc.node.state.*" } as const;

const services = ["ingest-jobs", "ingest-nodestate"] as const;
const nobody: readonly User[] = [];
const publish = (what: string, who: readonly User[], ...to: string[]): Action[] =>
  to.map((subject) => ({ what, kind: "publish", subject, who }));
const subscribe = (what: string, who: readonly User[], ...to: string[]): Action[] =>
  to.map((subject) => ({ what, kind: "subscribe", subject, who }));

const events: Action[] = [
  ...publish("speak for alpha", ["producer-alpha"], "cc.job.event.alpha"),
  ...publish("tell alpha's nodes", ["producer-alpha", "rest-api"], "cc.node.state.alpha"),
  ...publish("speak for beta", ["producer-beta"], "cc.job.event.beta"),
  ...publish("tell beta's nodes", ["producer-beta", "rest-api"], "cc.node.state.beta"),
  ...publish(
    "speak for nobody in particular",
    nobody,
    "cc.job.event",
    "cc.job.event.*",
    "cc.job.event.alpha.x",
    "cc.job.event.gamma",
  ),
  ...subscribe(
    "listen to events on their way",
    nobody,
    "cc.job.event.alpha",
    "cc.job.event.*",
    "cc.node.state.>",
    "cc.>",
    ">",
  ),
  ...publish("announce runs", ["ingest-jobs", "console"], "cc.lifecycle.job.alpha.started"),
  ...publish("announce what is no run", nobody, "cc.lifecycle.job", "cc.lifecycle.node.alpha.started"),
  ...subscribe("hear of runs", ["lifecycle-reader", "console"], "cc.lifecycle.job.*.*"),
];

const ack = (stream: string, durable: string) => [
  `$JS.ACK.${stream}.${durable}.1.7.7.1760000000000000000.0`,
  `$JS.ACK._.ACC.${stream}.${durable}.1.7.7.1760000000000000000.0.x1`,
];

function reading(stream: string, durable: string, who: readonly User[]): Action[] {
  return [
    ...publish(`take messages as ${durable}`, who, `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`),
    ...publish(`settle messages of ${durable}`, who, ...ack(stream, durable)),
  ];
}

function worker(service: (typeof services)[number], stream: string, subject: string): Action[] {
  const other = stream === "CC_JOB" ? "CC_NODE" : "CC_JOB";
  const recovery = `${service}-recovery`;
  return [
    ...reading(stream, service, [service]),
    ...reading(stream, recovery, [service]),
    ...reading(other, service, nobody),
    ...publish(
      `make the consumer ${recovery}`,
      [service],
      `$JS.API.CONSUMER.CREATE.${stream}.${recovery}.${subject}`,
    ),
    ...publish(`delete the consumer ${recovery}`, [service], `$JS.API.CONSUMER.DELETE.${stream}.${recovery}`),
    ...publish(
      `make the consumer ${recovery} of another subject`,
      nobody,
      `$JS.API.CONSUMER.CREATE.${stream}.${recovery}`,
      `$JS.API.CONSUMER.CREATE.${stream}.${recovery}.>`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${recovery}`,
    ),
    ...publish(
      `make or change the consumer ${service}`,
      ["provisioner"],
      `$JS.API.CONSUMER.CREATE.${stream}.${service}.${subject}`,
    ),
    ...publish(
      `look at ${service}`,
      [service, "provisioner", "console"],
      `$JS.API.CONSUMER.INFO.${stream}.${service}`,
    ),
    ...publish(
      `do away with ${service}`,
      nobody,
      `$JS.API.CONSUMER.DELETE.${stream}.${service}`,
      `$JS.API.CONSUMER.PAUSE.${stream}.${service}`,
      `$JS.API.CONSUMER.RESET.${stream}.${service}`,
      `$JS.API.CONSUMER.LEADER.STEPDOWN.${stream}.${service}`,
    ),
    ...publish(`look at ${stream}`, [service, "provisioner", "console"], `$JS.API.STREAM.INFO.${stream}`),
    ...publish(
      `make or change ${stream}`,
      ["provisioner"],
      `$JS.API.STREAM.CREATE.${stream}`,
      `$JS.API.STREAM.UPDATE.${stream}`,
    ),
    ...subscribe(`be listed as ${service}`, [service], `$SRV.PING.${service}`, `$SRV.INFO.${service}.ABC`),
    ...subscribe(`answer for ${service}`, [service], `ccingest.${service}.stats`),
    ...publish(`ask ${service}`, ["console"], `$SRV.STATS.${service}`, `ccingest.${service}.stats`),
  ];
}

/** Who may look at single messages: the console, and each service at its own. */
const lookers: Readonly<Record<string, readonly User[]>> = {
  CC_JOB: ["ingest-jobs", "console"],
  CC_NODE: ["ingest-nodestate", "console"],
};

const streams: Action[] = [
  ...["CC_JOB", "CC_NODE", "CC_LIFECYCLE"].flatMap((stream) => [
    ...publish(
      `do away with what ${stream} holds`,
      nobody,
      ...["DELETE", "PURGE", "MSG.DELETE", "RESTORE", "SNAPSHOT", "PEER.REMOVE", "LEADER.STEPDOWN"].map(
        (request) => `$JS.API.STREAM.${request}.${stream}`,
      ),
    ),
    ...publish(
      `look at a message of ${stream}`,
      lookers[stream] ?? nobody,
      `$JS.API.STREAM.MSG.GET.${stream}`,
    ),
    ...publish(
      `read ${stream} past its consumers`,
      nobody,
      `$JS.API.DIRECT.GET.${stream}`,
      `$JS.API.DIRECT.GET.${stream}.cc.job.event.alpha`,
      `$JS.API.CONSUMER.CREATE.${stream}`,
      `$JS.API.CONSUMER.CREATE.${stream}.spy`,
      `$JS.API.CONSUMER.CREATE.${stream}.spy.cc.>`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.spy`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.spy`,
    ),
  ]),
  ...publish("make other streams", nobody, "$JS.API.STREAM.CREATE.SPY", "$JS.API.STREAM.UPDATE.SPY"),
  ...publish("look at other streams", nobody, "$JS.API.STREAM.INFO.SPY", "$JS.API.STREAM.LIST"),
  ...publish("look at the account", nobody, "$JS.API.INFO", "$JS.API.CONSUMER.LIST.CC_JOB"),
  ...publish("find the stream of a subject", [...services, "provisioner", "console"], "$JS.API.STREAM.NAMES"),
  ...publish(
    "make the consumer of lifecycle events",
    ["provisioner"],
    "$JS.API.CONSUMER.CREATE.CC_LIFECYCLE.lifecycle-reader.cc.lifecycle.job.*.*",
  ),
  ...reading("CC_LIFECYCLE", "lifecycle-reader", ["lifecycle-reader"]),
  ...publish(
    "look at the lifecycle stream",
    ["ingest-jobs", "provisioner", "console"],
    "$JS.API.STREAM.INFO.CC_LIFECYCLE",
  ),
  ...publish("settle everything", nobody, "$JS.ACK.CC_JOB", "$JS.ACK.>", "$JS.FC.CC_JOB.ingest-jobs.x"),
  ...subscribe("listen to JetStream", nobody, "$JS.API.>", "$JS.ACK.>", "$JS.EVENT.>", "$SYS.>", "$KV.>"),
];

const inboxes: Action[] = [
  ...users.flatMap((user) => [
    ...subscribe(`get answers as ${user}`, [user], `${inboxPrefix(user)}.x`, `${inboxPrefix(user)}.>`),
    ...publish(`answer ${user} unasked`, nobody, `${inboxPrefix(user)}.x`),
  ]),
  ...subscribe("get everybody's answers", nobody, "_INBOX.>", "_INBOX.x", "*.>", "*.*"),
];

const further: Action[] = [
  ...subscribe("be listed", services, "$SRV.PING", "$SRV.INFO", "$SRV.STATS"),
  ...subscribe("listen to who asks services", nobody, "$SRV.>", "$SRV.*", "$SRV.PING.*", "ccingest.>"),
  ...publish("ask all services", ["console"], "$SRV.PING", "$SRV.INFO", "$SRV.STATS"),
  ...publish("publish elsewhere", nobody, "elsewhere", "$SYS.REQ.ACCOUNT.PING.CONNZ", "$G.x", "cc.job"),
  ...subscribe("listen elsewhere", nobody, "elsewhere"),
];

/** What can be tried at the broker, and who must succeed. Written down on its own, not derived from the permissions. */
export const actions: readonly Action[] = [
  ...events,
  ...worker("ingest-jobs", "CC_JOB", subjects.job),
  ...worker("ingest-nodestate", "CC_NODE", subjects.node),
  ...streams,
  ...inboxes,
  ...further,
];
