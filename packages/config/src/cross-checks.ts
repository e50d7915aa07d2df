import { hasSeveralStars } from "./cluster-token.js";
import { checkNats } from "./nats-cross-checks.js";
import { subjectsOverlap } from "./nats-subject.js";
import { filesOf } from "./postgres-url.js";
import type { Problem } from "./problem.js";
import { unreadable } from "./read-document.js";
import type { ResolvedSettings } from "./resolve-settings.js";
import { settings, type SettingName } from "./settings.js";
import { type WebAppName, checkWeb } from "./web-cross-checks.js";

/** What a process cannot run without. A web app's name: what that app needs. */
export type Requirement = "api-subjects" | "nats" | "database" | WebAppName;

export interface Checked {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** The checks that look at several settings together. `label` names the configuration file in messages. */
export function crossCheck(
  resolved: ResolvedSettings,
  required: readonly Requirement[],
  label: string,
  directory: string,
): Checked {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const { values, places, invalid } = resolved;
  const placeOf = (name: SettingName): string => places.get(name) ?? `${label}: ${settings[name].key}`;
  const problem = (name: SettingName, message: string) => problems.push({ place: placeOf(name), message });
  const missing = (name: SettingName, why: string) => {
    const { env, key, secret } = settings[name];
    const variable = secret ? `${env[0]} or ${env[0]}_FILE` : env[0];
    if (values[name] === undefined && !invalid.has(name))
      problem(name, `is missing; ${why}: set "${key}" in the file or ${variable} in the environment`);
  };

  const subjectNames = ["jobEvent", "nodeState"] as const;
  if (required.includes("api-subjects") || subjectNames.some((name) => places.has(name)))
    for (const name of subjectNames) missing(name, "both subjects are needed to take messages from NATS");
  const publishes = required.includes("rest-api") && subjectNames.some((name) => places.has(name));
  if (required.includes("nats") || publishes) missing("natsAddress", "the address of the broker is needed");
  if (required.includes("database")) missing("databaseUrl", "the address of the database is needed");

  const { jobEvent, nodeState } = values;
  if (jobEvent !== undefined && nodeState !== undefined && subjectsOverlap(jobEvent, nodeState))
    problem("nodeState", `"${nodeState}" overlaps with the job events' "${jobEvent}"; make them disjoint`);
  // A subject that covers them would feed the services their own output.
  const lifecycleSubjects = `${values.lifecycleSubject}.*.*`;
  for (const name of subjectNames) {
    const subject = values[name];
    if (subject !== undefined && subjectsOverlap(subject, lifecycleSubjects))
      problem(name, `"${subject}" covers ${lifecycleSubjects}, where job lifecycle events go out; narrow it`);
    if (subject !== undefined && hasSeveralStars(subject))
      warnings.push({
        place: placeOf(name),
        message: `"${subject}" has several "*": none of them stands for the cluster, so any subject may speak for any cluster`,
      });
  }
  const incoming = [values.jobsStream, values.nodestateStream];
  if (values.provisioning === "auto" && incoming.includes(values.lifecycleStream))
    problem("lifecycleStream", "is also a stream of incoming messages; give lifecycle events their own");

  if (values.jobsStream === values.nodestateStream) {
    if (values.provisioning === "auto")
      problem(
        "nodestateStream",
        `is also the stream of job events; give each its own, or provisioning "verify"`,
      );
    if (values.jobsDurable === values.nodestateDurable)
      problem("nodestateDurable", "is also the durable of job events on the same stream; give each its own");
  }

  for (const app of required)
    if (app === "rest-api" || app === "console") problems.push(...checkWeb(app, resolved, placeOf));
  problems.push(...checkNats(resolved, placeOf, missing, directory));
  for (const [parameter, file] of filesOf(values.databaseUrl)) {
    const fault = unreadable(file);
    if (fault !== undefined) problem("databaseUrl", `${parameter}: ${fault}`);
  }

  if (values.nodestateRetentionPolicy === "move")
    missing("nodestateRetentionPath", 'the retention policy "move" needs a directory');
  else if (values.nodestateRetentionPath !== undefined)
    warnings.push({
      place: placeOf("nodestateRetentionPath"),
      message: 'is not used: the retention policy is "drop", which deletes old days; did you mean "move"?',
    });

  for (const name of ["jobsAckWaitSeconds", "nodestateAckWaitSeconds"] as const)
    if (values[name] <= values.shutdownGraceSeconds)
      warnings.push({
        place: placeOf(name),
        message: `${values[name]} s is not above the shutdown grace of ${values.shutdownGraceSeconds} s: a stopping replica may finish what the broker has given to another; raise it`,
      });
  return { problems, warnings };
}
