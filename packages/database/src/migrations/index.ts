import type { Migration } from "kysely/migration";
import * as jobs from "./0001-jobs.js";
import * as nodes from "./0002-nodes.js";
import * as deadLetters from "./0003-dead-letters.js";
import * as jobRules from "./0004-job-rules.js";
import * as nodeCapacity from "./0005-node-capacity.js";
import * as nodeStateChanges from "./0006-node-state-changes.js";
import * as deadLetterAnswers from "./0008-dead-letter-answers.js";
import * as watermarks from "./0009-watermarks.js";
import * as daysOfTheOwner from "./0010-days-of-the-owner.js";
import * as endedJobs from "./0011-ended-jobs.js";
import * as jobEnds from "./0012-job-ends.js";
import * as newestJobs from "./0013-newest-jobs.js";
import * as jobUsage from "./0014-job-usage.js";
import * as jobSamples from "./0015-job-samples.js";

/** Every migration, in order. A landed one never changes: the next change is the next number. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-jobs": jobs,
  "0002-nodes": nodes,
  "0003-dead-letters": deadLetters,
  "0004-job-rules": jobRules,
  "0005-node-capacity": nodeCapacity,
  "0006-node-state-changes": nodeStateChanges,
  "0008-dead-letter-answers": deadLetterAnswers,
  "0009-watermarks": watermarks,
  "0010-days-of-the-owner": daysOfTheOwner,
  "0011-ended-jobs": endedJobs,
  "0012-job-ends": jobEnds,
  "0013-newest-jobs": newestJobs,
  "0014-job-usage": jobUsage,
  "0015-job-samples": jobSamples,
};

/** The newest migration this build knows: the services wait until the database has it. */
export const requiredMigration = "0015-job-samples";
