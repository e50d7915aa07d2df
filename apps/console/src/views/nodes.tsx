import type { ClusterSummary, JobSummary, NodeCell, NodeDetail, StateChange } from "@cc-ingest/database";
import { rackOf } from "../rack.js";
import { bytes, count, duration, Time } from "./format.js";
import { JobTable } from "./jobs.js";

export const nodeStates = ["allocated", "mixed", "idle", "reserved", "down", "unknown"] as const;
type State = NodeCell["state"];

export function ClusterTabs({
  clusters,
  current,
}: {
  readonly clusters: readonly ClusterSummary[];
  readonly current: string;
}) {
  if (clusters.length < 2) return null;
  return (
    <nav class="tabs" aria-label="Clusters">
      {clusters.map(({ cluster }) => (
        <a
          href={`/nodes/${encodeURIComponent(cluster)}`}
          aria-current={cluster === current ? "page" : undefined}
        >
          {cluster}
        </a>
      ))}
    </nav>
  );
}

/** How many nodes are in each state, which is the legend too. */
export function Legend({ summary }: { readonly summary: ReadonlyMap<State, number> }) {
  const silent = summary.get(null) ?? 0;
  return (
    <ul class="legend" id="legend" aria-label="Nodes by state">
      {nodeStates.map((state) => (
        <li>
          <i class={`cell ${state}`}></i> {state} <b data-count={state}>{count(summary.get(state) ?? 0)}</b>
        </li>
      ))}
      {silent > 0 ? (
        <li>
          <i class="cell silent"></i> not reported yet <b data-count="silent">{count(silent)}</b>
        </li>
      ) : null}
      <li>
        <i class="cell idle flagged"></i> with further states, such as drain
      </li>
    </ul>
  );
}

export function NodeGrid({
  cluster,
  cells,
}: {
  readonly cluster: string;
  readonly cells: readonly NodeCell[];
}) {
  const base = `/nodes/${encodeURIComponent(cluster)}`;
  const size = cells.length > 3_000 ? "small" : cells.length > 500 ? "medium" : "large";
  const groups = [...Map.groupBy(cells, ({ subcluster }) => subcluster)];
  return (
    <div class={`grid ${size}`} id="grid" data-cluster={cluster} data-events={`${base}/events`}>
      {groups.map(([subcluster, members]) => (
        <section aria-label={subcluster === "" ? cluster : subcluster}>
          {groups.length > 1 ? <h2>{subcluster === "" ? "no subcluster" : subcluster}</h2> : null}
          {[...Map.groupBy(members, ({ hostname }) => rackOf(hostname))].map(([rack, nodes]) => (
            <div class="rack" data-rack={rack}>
              <span aria-hidden="true">{rack}</span>
              <div role="group" aria-label={rack}>
                {nodes.map(({ hostname, state, flagged }) => (
                  <a
                    href={`${base}/${encodeURIComponent(hostname)}`}
                    class={cellClass(state, flagged)}
                    aria-label={`${hostname} ${state ?? "not reported yet"}`}
                  ></a>
                ))}
              </div>
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}

export function cellClass(state: State, flagged: boolean): string {
  return `cell ${state ?? "silent"}${flagged ? " flagged" : ""}`;
}

/** What is known of a node, beside the grid and on its own page. */
export function NodeCard({
  node,
  jobs,
}: {
  readonly node: NodeDetail;
  readonly jobs: readonly JobSummary[];
}) {
  return (
    <>
      <h2>{node.hostname}</h2>
      <dl class="facts">
        <dt>State</dt>
        <dd>
          <i class={cellClass(node.state, false)}></i> {node.state ?? "not reported yet"}
        </dd>
        <dt>As reported</dt>
        <dd>{node.states.length === 0 ? "nothing" : node.states.join(", ")}</dd>
        {node.subcluster === "" ? null : (
          <>
            <dt>Subcluster</dt>
            <dd>{node.subcluster}</dd>
          </>
        )}
        <dt>CPUs</dt>
        <dd>{allocation(node.cpus, count)}</dd>
        <dt>Memory</dt>
        <dd>{allocation(node.memory, (megabytes) => bytes(megabytes * 1e6))}</dd>
        <dt>GPUs</dt>
        <dd>{allocation(node.gpus, count)}</dd>
        {node.health === null ? null : (
          <>
            <dt>Health</dt>
            <dd>{node.health}</dd>
          </>
        )}
        <dt>Reported</dt>
        <dd>{node.reportedAt === null ? "never" : <Time at={node.reportedAt} />}</dd>
        <dt>Jobs</dt>
        <dd>
          {jobs.length === 0
            ? `${count(node.jobsRunning)} by its report, none known by name`
            : jobs.map((job) => (
                <div>
                  <a href={`/jobs/${job.id}`}>{String(job.jobId)}</a> {job.user} {job.name}
                </div>
              ))}
        </dd>
      </dl>
    </>
  );
}

function allocation({ allocated, total }: NodeDetail["cpus"], show: (value: number) => string): string {
  return total === null ? `${show(allocated)} allocated` : `${show(allocated)} of ${show(total)} allocated`;
}

export function NodePage({
  node,
  jobs,
  changes,
}: {
  readonly node: NodeDetail;
  readonly jobs: readonly JobSummary[];
  readonly changes: readonly StateChange[];
}) {
  const { cluster, hostname } = node;
  return (
    <>
      <p>
        <a href={`/nodes/${encodeURIComponent(cluster)}`}>All nodes of {cluster}</a>
        {" · "}
        <a href={`/jobs?${new URLSearchParams({ cluster, host: hostname }).toString()}`}>
          its jobs of the last week
        </a>
      </p>
      <div class="columns">
        <section
          class="panel"
          data-live={`/nodes/${encodeURIComponent(cluster)}/${encodeURIComponent(hostname)}/live`}
        >
          <NodeCard node={node} jobs={jobs} />
        </section>
        <section class="panel">
          <h2>Changes of state</h2>
          <StateChanges changes={changes} until={node.reportedAt ?? 0} />
        </section>
      </div>
      <h2>Running on it</h2>
      <JobTable jobs={jobs} empty="No job that is known to run." />
    </>
  );
}

function StateChanges({
  changes,
  until,
}: {
  readonly changes: readonly StateChange[];
  readonly until: number;
}) {
  if (changes.length === 0) return <p>None is known.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Since</th>
          <th scope="col">State</th>
          <th scope="col">Before</th>
          <th scope="col">For</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ at, state, previous }, index) => (
          <tr>
            <td>
              <Time at={at} />
            </td>
            <td>
              <i class={cellClass(state, false)}></i> {state}
            </td>
            <td>{previous ?? "not known"}</td>
            <td>{duration(Math.max(0, (changes[index - 1]?.at ?? until) - at))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
