import { writeFileSync } from "node:fs";
import { dashboards } from "./dashboards/index.js";
import { dashboardJson } from "./render/dashboard.js";

// Writes the files that Grafana is provisioned with.
for (const spec of dashboards)
  writeFileSync(new URL(`../dashboards/${spec.file}.json`, import.meta.url), dashboardJson(spec));
