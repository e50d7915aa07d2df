import { grants, permissionTable } from "@cc-ingest/access";
import { brokerNames } from "../shared/broker-names.js";
import { type ConfigOption, settings } from "../shared/settings.js";
import { print } from "../shared/terminal.js";
import { producerOf } from "./producer.js";

export interface PermissionsOptions extends ConfigOption {
  readonly producer?: readonly string[];
}

/** For scripts: what each user may do with the configured subjects, streams and durables. */
export async function runPermissions({ producer = [], ...options }: PermissionsOptions): Promise<void> {
  const config = await settings(options, ["api-subjects"]);
  const producers = producer.map((cluster) => {
    const { user, grant } = producerOf(config, cluster);
    return [user, grant];
  });
  print(permissionTable({ ...grants(brokerNames(config)), ...Object.fromEntries(producers) }).trimEnd());
}
