import type { JobDetail, JobSummary } from "@cc-ingest/database";
import { count, duration, Time } from "./format.js";
import { JobState, JobTable } from "./jobs.js";
import { type Moment, timeline } from "../timeline.js";

export function JobPage({
  job,
  others,
  now,
}: {
  readonly job: JobDetail;
  readonly others: readonly JobSummary[];
  readonly now: number;
}) {
  const { cluster, hostnames, metaData } = job;
  const { jobScript, slurmInfo, submitTime: _, ...rest } = metaData;
  return (
    <>
      <p>
        <JobState state={job.state} /> on{" "}
        <a href={`/jobs?${new URLSearchParams({ cluster }).toString()}`}>{cluster}</a>
        {" · "}
        <a href={`/find?${new URLSearchParams({ job: String(job.jobId) }).toString()}`}>
          its messages and their way here
        </a>
      </p>
      <Timeline job={job} now={now} />
      <div class="columns">
        <section class="panel">
          <h2>Job</h2>
          <dl class="facts">
            {facts(job).map(([name, value]) => (
              <>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </>
            ))}
            {Object.entries(rest).map(([name, value]) => (
              <>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </>
            ))}
          </dl>
        </section>
        <section class="panel">
          <h2>Nodes</h2>
          <p class="hosts">
            {hostnames.map((hostname) => (
              <a href={`/nodes/${encodeURIComponent(cluster)}/${encodeURIComponent(hostname)}`}>{hostname}</a>
            ))}
          </p>
        </section>
      </div>
      <Script title="Job script" text={jobScript} />
      <Script title="Slurm's description" text={slurmInfo} />
      {others.length === 0 ? null : (
        <>
          <h2>Other runs of this number</h2>
          <JobTable jobs={others} empty="" />
        </>
      )}
    </>
  );
}

function facts(job: JobDetail): [string, string][] {
  const known: [string, string | undefined][] = [
    ["User", job.user],
    ["Project", job.project],
    ["Partition", job.partition],
    ["Subcluster", job.subcluster],
    ["Nodes", count(job.numNodes)],
    ["Hardware threads", job.numHwthreads === 0 ? undefined : count(job.numHwthreads)],
    ["Accelerators", job.numAcc === 0 ? undefined : count(job.numAcc)],
    ["Shared", job.shared],
    ["Walltime", job.walltime === 0 ? undefined : duration(job.walltime)],
    ["Requested memory", job.requestedMemory === 0n ? undefined : `${job.requestedMemory} MB`],
    ["Array job", job.arrayJobId === 0n ? undefined : String(job.arrayJobId)],
    ["Tags", job.tags.join(", ")],
  ];
  return known.flatMap(([name, value]): [string, string][] =>
    value === undefined || value === "" ? [] : [[name, value]],
  );
}

function Script({ title, text }: { readonly title: string; readonly text: string | undefined }) {
  if (text === undefined || text === "") return null;
  return (
    <details>
      <summary>{title}</summary>
      <pre tabindex={0}>{text}</pre>
    </details>
  );
}

const WIDTH = 1_000;

/** A picture of the times, and the same as a list, which says all that the picture shows. */
function Timeline({ job, now }: { readonly job: JobDetail; readonly now: number }) {
  const moments = timeline(job, now);
  const from = moments[0]?.at ?? job.startTime;
  const span = Math.max(1, Math.max(...moments.map(({ at }) => at)) - from);
  const x = (at: number): number => Math.round(((at - from) / span) * WIDTH);
  const end = job.stopTime ?? now;
  return (
    <section class="panel" aria-label="Timeline">
      <svg class="timeline" viewBox={`-8 0 ${WIDTH + 16} 34`} preserveAspectRatio="none" aria-hidden="true">
        <rect
          class="waited"
          x={String(x(from))}
          y="13"
          width={String(x(job.startTime) - x(from))}
          height="8"
        />
        <rect
          class={job.stopTime === null ? "ran open" : "ran"}
          x={String(x(job.startTime))}
          y="9"
          width={String(Math.max(2, x(end) - x(job.startTime)))}
          height="16"
        />
        {moments.map(({ at, kind }) => (
          <line class={kind} x1={String(x(at))} x2={String(x(at))} y1="3" y2="31" />
        ))}
      </svg>
      <ol class="moments">
        {moments.map((moment) => (
          <MomentLine moment={moment} />
        ))}
      </ol>
    </section>
  );
}

function MomentLine({ moment: { at, kind, text } }: { readonly moment: Moment }) {
  return (
    <li class={kind}>
      <Time at={at} /> {text}
    </li>
  );
}
