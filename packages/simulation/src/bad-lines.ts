import type { SimulatedMessage } from "./messages.js";
import type { Random } from "./random.js";

const jobLines = [
  // A tag with nothing behind its equals sign, as partitions that a site leaves empty arrive.
  (cluster: string) =>
    `job,function=stop_job,partition= event="{\\"jobId\\":1,\\"cluster\\":\\"${cluster}\\",\\"stopTime\\":1760003600}"`,
  (cluster: string) => `job,function=stop_job event={"jobId":1,"cluster":"${cluster}","stopTime":1760003600}`,
  (cluster: string) => `job,function=stop_job event="{\\"jobId\\":1,\\"cluster\\":\\"${cluster}"`,
  (cluster: string) => `job,function=stop_job event="{\\"jobId\\":1,\\"cluster\\":\\"${cluster}\\"}"`,
  (cluster: string) =>
    `job,function=stop_job event="{\\"jobId\\":1,\\"cluster\\":\\"${cluster}\\",\\"stopTime\\":1760003600,\\"exit\\":0}"`,
  (cluster: string) =>
    `job,function=pause_job event="{\\"jobId\\":1,\\"cluster\\":\\"${cluster}\\",\\"stopTime\\":1760003600}"`,
] as const;

const nodeLines = [
  (cluster: string) => `nodestate event={"cluster":"${cluster}","nodes":[]}`,
  (cluster: string) =>
    `nodestate event="{\\"cluster\\":\\"${cluster}\\",\\"nodes\\":[{\\"hostname\\":\\"f0101\\","`,
  (cluster: string) =>
    `nodestate event="{\\"cluster\\":\\"${cluster}\\",\\"nodes\\":[{\\"states\\":[\\"idle\\"]}]}"`,
] as const;

/** One line that must end as a dead letter, of the kinds that sites have been seen to send. */
export function badLine(kind: SimulatedMessage["kind"], cluster: string, random: Random): string {
  return random.pick(kind === "nodestate" ? nodeLines : jobLines)(cluster);
}
