import { grants, permissionTable, producerGrant } from "@cc-ingest/access";
import { brokerNames } from "../shared/broker-names.js";
import { publishSubjects } from "../shared/publish-subjects.js";
import { type ConfigOption, settings } from "../shared/settings.js";
import { print } from "../shared/terminal.js";

export interface PermissionsOptions extends ConfigOption {
  readonly producer?: readonly string[];
}

/** For scripts: what each user may do with the configured subjects, streams and durables. */
export async function runPermissions({ producer = [], ...options }: PermissionsOptions): Promise<void> {
  const config = await settings(options, ["api-subjects"]);
  const producers = producer.map((cluster) => {
    const { jobEvent, nodeState } = publishSubjects(config, cluster);
    const user = `producer-${cluster}`;
    return [user, producerGrant(user, [jobEvent, nodeState])];
  });
  print(permissionTable({ ...grants(brokerNames(config)), ...Object.fromEntries(producers) }).trimEnd());
}
