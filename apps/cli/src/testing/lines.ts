export const JOBS = "cc.job.event";
export const NODES = "cc.node.state";

/** What every command needs to know of the subjects. */
export const subjects = { SUBJECT_JOB_EVENT: JOBS, SUBJECT_NODE_STATE: NODES } as const;

const NANOSECONDS = "000000000";

function line(head: string, event: object, time: number): string {
  const json = JSON.stringify(event).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `${head} event="${json}" ${time}${NANOSECONDS}`;
}

export function startLine(jobId: number, startTime = 1_760_000_000): string {
  const event = {
    cluster: "fritz",
    user: "k106eb10",
    numNodes: 1,
    resources: [{ hostname: "f0720" }],
    jobId,
    startTime,
  };
  return line("job,function=start_job", event, startTime);
}

export function stopLine(jobId: number, stopTime = 1_760_003_600): string {
  return line("job,function=stop_job", { jobId, cluster: "fritz", stopTime }, stopTime);
}

export function nodesLine(hostname: string, time = 1_760_000_000): string {
  const node = {
    hostname,
    states: ["idle"],
    cpusAllocated: 0,
    memoryAllocated: 0,
    gpusAllocated: 0,
    jobsRunning: 0,
  };
  return line("nodestate", { cluster: "fritz", nodes: [node] }, time);
}
