import type { BrokerNames } from "@cc-ingest/access";
import type { Config } from "@cc-ingest/config";
import { jobsWorker, lifecycleStream, nodestateWorker } from "@cc-ingest/service";
import { mistake } from "./cli-error.js";

/** What permissions are about. For a configuration that was loaded with the requirement `api-subjects`. */
export function brokerNames(config: Config): BrokerNames {
  const [jobs, nodestate, outgoing] = [jobsWorker(config), nodestateWorker(config), lifecycleStream(config)];
  if (jobs === undefined || nodestate === undefined)
    throw mistake("no subjects are configured: set main.api-subjects");
  const lifecycle =
    outgoing === undefined ? {} : { lifecycle: { subject: outgoing.subject, stream: outgoing.name } };
  return { jobs, nodestate, ...lifecycle };
}
