import { hostList, hostname, managementHost } from "./hosts.js";
import type { Job } from "./job.js";
import type { SimulationOptions } from "./options.js";

/** What `scontrol show job` prints, which the adapter sends along. */
export function slurmInfo(job: Job, { cluster, hwthreads, gpus }: SimulationOptions): string {
  const { jobId, user, project, partition, nodes } = job;
  const count = nodes.length;
  const cpus = count * hwthreads;
  const gres = gpus === 0 ? "" : `,gres/gpu=${count * gpus}`;
  const tres = `cpu=${cpus},mem=${count * 240_000}M,node=${count},billing=${cpus}${gres}`;
  const start = slurmTime(job.startTime);
  const submitted = slurmTime(job.submitTime);
  const directory = `/home/hpc/${project}/${user}/${job.name}`;
  return [
    `JobId=${jobId} JobName=${job.name}`,
    `UserId=${user}(${20_000 + (jobId % 9000)}) GroupId=${project}(${8000 + (jobId % 900)}) MCS_label=N/A`,
    `Priority=${1000 + (jobId % 9000)} Nice=0 Account=${project} QOS=normal`,
    "JobState=RUNNING Reason=None Dependency=(null)",
    "Requeue=0 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:0",
    `RunTime=00:00:01 TimeLimit=${timeLimit(job.walltime)} TimeMin=N/A`,
    `SubmitTime=${submitted} EligibleTime=${submitted}`,
    `AccrueTime=${submitted}`,
    `StartTime=${start} EndTime=${slurmTime(job.startTime + job.walltime)} Deadline=N/A`,
    `PreemptEligibleTime=${start} PreemptTime=None`,
    `SuspendTime=None SecsPreSuspend=0 LastSchedEval=${start} Scheduler=Backfill`,
    `Partition=${partition} AllocNode:Sid=${managementHost(cluster)}:${100_000 + (jobId % 900_000)}`,
    "ReqNodeList=(null) ExcNodeList=(null)",
    `NodeList=${hostList(cluster, nodes)}`,
    `BatchHost=${hostname(cluster, nodes[0] ?? 0)}`,
    `NumNodes=${count} NumCPUs=${cpus} NumTasks=${cpus} CPUs/Task=1 ReqB:S:C:T=0:0:*:*`,
    `ReqTRES=${tres}`,
    `AllocTRES=${tres}`,
    "Socks/Node=* NtasksPerN:B:S:C=72:0:*:* CoreSpec=*",
    "MinCPUsNode=72 MinMemoryNode=240000M MinTmpDiskNode=0",
    "Features=(null) DelayBoot=00:00:00",
    "OverSubscribe=NO Contiguous=0 Licenses=(null) Network=(null)",
    `Command=${directory}/submit.sh`,
    `WorkDir=${directory}`,
    `Comment=${user} ${job.name} run ${jobId % 100}`,
    `StdErr=${directory}/slurm-${jobId}.out`,
    "StdIn=/dev/null",
    `StdOut=${directory}/slurm-${jobId}.out`,
    "MailUser=(null) MailType=NONE",
    "Power=",
  ].join("\n   ");
}

/** Slurm prints local time without a zone; the imaginary cluster stands at UTC. */
function slurmTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}

function timeLimit(seconds: number): string {
  const part = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${part(seconds / 3600)}:${part((seconds / 60) % 60)}:${part(seconds % 60)}`;
}
