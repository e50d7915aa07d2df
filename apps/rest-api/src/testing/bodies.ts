export const T = 1_760_000_000;

/** As cc-slurm-adapter sends it. */
export function startBody(jobId: number, more: object = {}) {
  return {
    cluster: "fritz",
    subCluster: "",
    partition: "singlenode",
    project: "k106eb",
    user: "k106eb10",
    shared: "none",
    jobState: "",
    resources: [{ hostname: "f0720", hwthreads: [0, 1, 2, 3] }],
    metaData: { jobName: "lbm", jobScript: 'module load intel "2021.4"\nsrun ./lbm.exe > out.log\\n' },
    concurrentJobs: { items: null, count: 0 },
    energy: 0,
    walltime: 86_340,
    jobId,
    duration: 0,
    numHwthreads: 72,
    numNodes: 1,
    startTime: T,
    ...more,
  };
}

export function stopBody(jobId: number, more: object = {}) {
  return { jobId, cluster: "fritz", jobState: "completed", stopTime: T + 3_600, ...more };
}

/** As the adapter's node states: in upper case, as Slurm has them. */
export function nodesBody(states: Readonly<Record<string, readonly string[]>>, cluster = "fritz") {
  const nodes = Object.entries(states).map(([hostname, list]) => ({
    hostname,
    states: list,
    cpusAllocated: 36,
    memoryAllocated: 128_000,
    gpusAllocated: 0,
    jobsRunning: 1,
  }));
  return { cluster, nodes };
}
