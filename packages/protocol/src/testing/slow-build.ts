import type { SlowFault, SlowValue } from "./slow-payload.js";

type Members = { [key: string]: SlowValue };

const jobStates =
  "boot_fail cancelled completed deadline failed node_fail out_of_memory pending preempted running suspended timeout";

/** Defaults, aliases and the checks over several keys, in the order the reference makes them. */
export function slowBuild(
  kind: "start_job" | "stop_job" | "nodestate",
  value: SlowValue,
  isSane: (seconds: number) => boolean,
  faults: SlowFault[],
): unknown {
  const members = (value ?? {}) as Members;
  const fail = (failed: boolean, code: string, path: string): void => {
    if (failed) {
      faults.push({ code, path });
    }
  };
  if (kind === "start_job") {
    return slowStart(members, isSane, fail);
  }
  return kind === "stop_job" ? slowStop(members, isSane, fail) : slowNodes(members, fail);
}

type Fail = (failed: boolean, code: string, path: string) => void;

function slowStart(sent: Members, isSane: (seconds: number) => boolean, fail: Fail): unknown {
  const job = {
    cluster: "",
    subCluster: "",
    partition: "",
    project: "",
    user: "",
    tags: [],
    resources: [],
    energyFootprint: undefined,
    footprint: undefined,
    metaData: undefined,
    concurrentJobs: undefined,
    statistics: undefined,
    energy: 0,
    arrayJobId: 0n,
    walltime: 0n,
    requestedMemory: 0n,
    jobId: 0n,
    submitTime: 0n,
    duration: 0,
    smt: 1,
    monitoringStatus: 1,
    numAcc: 0,
    numHwthreads: 0,
    numNodes: 0,
    ...omitUndefined(sent, "shared", "exclusive", "jobState", "id", "startTime"),
  } as Members & {
    jobId: bigint;
    numNodes: number;
    numAcc: number;
    numHwthreads: number;
    resources: Members[];
  };
  const shared = sent["shared"] || ["multi_user", "none", "single_user"][Number(sent["exclusive"] ?? 1)];
  const startTime = Number(sent["startTime"] ?? 0n);
  fail(!["none", "single_user", "multi_user"].includes(shared as string), "invalid_value", "shared");
  fail(job["cluster"] === "", "missing_key", "cluster");
  fail(job.resources.length === 0, "missing_key", "resources");
  fail(job["user"] === "", "missing_key", "user");
  fail(job.jobId === 0n, "missing_key", "jobId");
  fail(startTime === 0, "missing_key", "startTime");
  fail(job.jobId < 0n, "out_of_range", "jobId");
  fail(job.numAcc < 0, "out_of_range", "numAcc");
  fail(job.numHwthreads < 0, "out_of_range", "numHwthreads");
  fail(job.numNodes < 1, "out_of_range", "numNodes");
  fail(job.resources.length !== job.numNodes, "count_mismatch", "numNodes");
  fail(!isSane(startTime), "time", "startTime");
  return {
    ...job,
    shared,
    startTime,
    tags: (job["tags"] as Members[]).map((tag) => ({
      type: "",
      ...omitId(tag),
      scope: tag["scope"] || "global",
    })),
    resources: job.resources.map((resource) =>
      omitUndefined(resource, resource["configuration"] === "" ? "configuration" : ""),
    ),
    concurrentJobs: slowLinks(job["concurrentJobs"] as Members | undefined),
    statistics: slowStatistics(job["statistics"] as Members | undefined),
  };
}

function omitId(tag: Members): Members {
  return omitUndefined(tag, "id");
}

function slowLinks(links: Members | undefined): unknown {
  if (links === undefined) {
    return undefined;
  }
  const items = (links["items"] ?? []) as Members[];
  return { count: links["count"] ?? 0, items: items.map((item) => ({ id: 0n, jobId: 0n, ...item })) };
}

function slowStatistics(statistics: Members | undefined): unknown {
  if (statistics === undefined) {
    return undefined;
  }
  return Object.fromEntries(
    Object.entries(statistics).map(([name, value]) => {
      const statistic = value as Members;
      const unit = { base: "", prefix: "", ...(statistic["unit"] as Members | undefined) };
      return [name, { avg: 0, min: 0, max: 0, ...statistic, unit }];
    }),
  );
}

function slowStop(sent: Members, isSane: (seconds: number) => boolean, fail: Fail): unknown {
  const jobId = (sent["jobId"] ?? 0n) as bigint;
  const start = Number(sent["startTime"] ?? 0n);
  const stopTime = Number(sent["stopTime"] ?? 0n);
  const jobState = sent["jobState"] || sent["state"] || "completed";
  fail(jobId === 0n, "missing_key", "jobId");
  fail(jobId < 0n, "out_of_range", "jobId");
  fail(stopTime === 0, "missing_key", "stopTime");
  for (const key of ["jobState", "state"]) {
    fail(!jobStates.split(" ").includes((sent[key] || "completed") as string), "invalid_state", key);
  }
  fail(start !== 0 && !isSane(start), "time", "startTime");
  fail(!isSane(stopTime), "time", "stopTime");
  fail(start !== 0 && stopTime < start, "stop_before_start", "stopTime");
  return {
    jobId,
    cluster: sent["cluster"] || undefined,
    startTime: start === 0 ? undefined : start,
    stopTime,
    jobState,
  };
}

function slowNodes(sent: Members, fail: Fail): unknown {
  fail(!sent["cluster"], "missing_key", "cluster");
  const nodes = (sent["nodes"] ?? []) as Members[];
  return {
    cluster: sent["cluster"],
    nodes: nodes.map((node) => {
      const states = (node["states"] ?? []) as string[];
      const has = (state: string): boolean => states.some((entry) => entry.toLowerCase() === state);
      const order = ["allocated", "reserved", "down", "idle", "mixed"];
      return {
        cpusAllocated: 0,
        memoryAllocated: 0n,
        gpusAllocated: 0,
        jobsRunning: 0,
        ...node,
        states,
        state: order.find(has) ?? "unknown",
      };
    }),
  };
}

function omitUndefined(members: Members, ...others: string[]): Members {
  return Object.fromEntries(
    Object.entries(members).filter(([key, value]) => value !== undefined && !others.includes(key)),
  );
}
