import type { JobSummary } from "@cc-ingest/database";
import { jobStates } from "@cc-ingest/protocol";
import type { JobQuery } from "../job-query.js";
import { Field, Select } from "./controls.js";
import { count, duration, Time } from "./format.js";

export function JobFilterForm({
  query,
  clusters,
}: {
  readonly query: JobQuery;
  readonly clusters: readonly string[];
}) {
  return (
    <form class="filter" action="/jobs" role="search" aria-label="Filter jobs">
      <Select name="cluster" label="Cluster" value={query.cluster} options={clusters} any="all" />
      <Select name="state" label="State" value={query.state} options={jobStates} any="all" />
      <Field name="user" label="User" value={query.user} />
      <Field name="project" label="Project" value={query.project} />
      <Field name="partition" label="Partition" value={query.partition} />
      <Field name="host" label="Node" value={query.host} />
      <Field name="job" label="Job number" value={query.job} inputmode="numeric" />
      <Field name="from" label="Started from" value={query.from} type="datetime-local" />
      <Field name="to" label="Started before" value={query.to} type="datetime-local" />
      <button>Filter</button>
      <a href="/jobs">Clear</a>
    </form>
  );
}

export function JobTable({ jobs, empty }: { readonly jobs: readonly JobSummary[]; readonly empty: string }) {
  if (jobs.length === 0) return <p class="empty">{empty}</p>;
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Jobs">
      <table>
        <thead>
          <tr>
            {[
              "Job",
              "State",
              "Name",
              "User",
              "Project",
              "Cluster",
              "Partition",
              "Nodes",
              "Started",
              "Ran",
            ].map((name) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr>
              <th scope="row">
                <a href={`/jobs/${job.id}`}>{String(job.jobId)}</a>
              </th>
              <td>
                <JobState state={job.state} />
              </td>
              <td class="name">{job.name}</td>
              <td>{job.user}</td>
              <td>{job.project}</td>
              <td>{job.cluster}</td>
              <td>{job.partition}</td>
              <td class="number">{count(job.numNodes)}</td>
              <td>
                <Time at={job.startTime} />
              </td>
              <td class="number">{job.stopTime === null ? "" : duration(job.stopTime - job.startTime)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const good = new Set(["running", "completed"]);

export function JobState({ state }: { readonly state: JobSummary["state"] }) {
  return (
    <span class={`badge ${state === "running" ? "now" : good.has(state) ? "good" : "bad"}`}>{state}</span>
  );
}

/** Newest first, so further pages are older. */
export function Paging({
  newest,
  older,
}: {
  readonly newest: string | undefined;
  readonly older: string | undefined;
}) {
  if (newest === undefined && older === undefined) return null;
  return (
    <nav class="paging" aria-label="Pages">
      {newest === undefined ? null : <a href={newest}>Newest</a>}
      {older === undefined ? null : (
        <a href={older} rel="next">
          Older
        </a>
      )}
    </nav>
  );
}
