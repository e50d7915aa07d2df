import { type Grant, producerGrant } from "@cc-ingest/access";
import type { Config } from "@cc-ingest/config";
import { publishSubjects } from "../shared/publish-subjects.js";

export interface Producer {
  readonly user: string;
  readonly grant: Grant;
}

/** Who speaks for a cluster. @throws CliError when the configured subjects don't tell where */
export function producerOf(config: Config, cluster: string): Producer {
  const { jobEvent, nodeState } = publishSubjects(config, cluster);
  const user = `producer-${cluster}`;
  return { user, grant: producerGrant(user, [jobEvent, nodeState]) };
}
