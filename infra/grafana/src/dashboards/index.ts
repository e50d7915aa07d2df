import type { DashboardSpec } from "../model/dashboard.js";
import { clusterNow } from "./cluster-now.js";
import { jobs } from "./jobs.js";
import { nodesOverTime } from "./nodes-over-time.js";
import { pipeline } from "./pipeline.js";

export const dashboards: readonly DashboardSpec[] = [pipeline, clusterNow, jobs, nodesOverTime];
