import type { Overview } from "@cc-ingest/database";
import type { ReplicaStatus } from "@cc-ingest/service";
import type { Sample, ServiceSample } from "../pipeline/samples.js";
import type { Look, StreamLook } from "../pipeline/watch.js";
import { bytes, count, duration, figure } from "./format.js";

/** What is drawn: the figure's name in a sample, its title, and how its values are written. */
export const charts = [
  ["lag", "Lag: messages not committed", "count"],
  ["oldestSeconds", "Age of the oldest of them", "seconds"],
  ["storedPerSecond", "Stored per second", "count"],
  ["committedPerSecond", "Committed per second", "count"],
  ["p50", "Broker to commit, median", "seconds"],
  ["p95", "Broker to commit, 95 %", "seconds"],
] as const satisfies readonly (readonly [keyof ServiceSample, string, "count" | "seconds"])[];

export function PipelinePage({
  table,
  events,
}: {
  readonly table: string | undefined;
  readonly events: string;
}) {
  return (
    <>
      <div class="charts" data-charts="/pipeline/samples">
        {charts.map(([name, title, unit]) => (
          <figure>
            <figcaption id={`chart-${name}`}>{title}</figcaption>
            <div
              class="chart"
              data-chart={name}
              data-unit={unit}
              role="img"
              aria-labelledby={`chart-${name}`}
            ></div>
          </figure>
        ))}
      </div>
      <p class="legend charts-legend">
        <i class="line one"></i> ingest-jobs <i class="line two"></i> ingest-nodestate · the last half hour
      </p>
      <div data-live={events} dangerouslySetInnerHTML={{ __html: table ?? "" }} />
    </>
  );
}

export function PipelineTables({
  look,
  sample,
  overview,
}: {
  readonly look: Look | undefined;
  readonly sample: Sample | undefined;
  readonly overview: Overview;
}) {
  return (
    <>
      {look === undefined ? <p>The broker has not been looked at yet.</p> : null}
      {look?.problem === undefined ? null : <p class="problem">{look.problem}</p>}
      {look === undefined || look.problem !== undefined ? null : (
        <>
          <Streams streams={look.streams} sample={sample} />
          <Replicas replicas={look.replicas} />
        </>
      )}
      <Tables overview={overview} />
    </>
  );
}

function Streams({
  streams,
  sample,
}: {
  readonly streams: readonly StreamLook[];
  readonly sample: Sample | undefined;
}) {
  return (
    <Section title="Streams and consumers">
      <thead>
        <Head
          names={[
            "Subject",
            "Stream",
            "Messages",
            "Size",
            "Stored/s",
            "Consumer",
            "Pending",
            "Unacknowledged",
            "Redelivered",
            "Oldest",
            "Broker to commit",
          ]}
        />
      </thead>
      <tbody>
        {streams.map(({ service, status, oldestSeconds }) => {
          if (status.problem !== undefined)
            return (
              <tr>
                <th scope="row">{status.subject}</th>
                <td colspan={10} class="problem">
                  {status.problem}
                </td>
              </tr>
            );
          const figures = sample?.services[service];
          return (
            <tr>
              <th scope="row">{status.subject}</th>
              <td>{status.stream}</td>
              <td class="number">{count(status.messages)}</td>
              <td class="number">{bytes(status.bytes)}</td>
              <td class="number">{known(figures?.storedPerSecond, figure)}</td>
              <td>{status.durable}</td>
              <td class="number">{count(status.pending)}</td>
              <td class="number">{count(status.ackPending)}</td>
              <td class="number">{count(status.redelivered)}</td>
              <td class="number">{oldestSeconds === 0 ? "none waits" : known(oldestSeconds, duration)}</td>
              <td class="number">
                {figures?.p50 === null || figures?.p50 === undefined
                  ? "none of late"
                  : `${duration(figures.p50)}, 95 % ${known(figures.p95, duration)}`}
              </td>
            </tr>
          );
        })}
      </tbody>
    </Section>
  );
}

function Replicas({ replicas }: { readonly replicas: readonly ReplicaStatus[] }) {
  if (replicas.length === 0)
    return (
      <>
        <h2>Replicas</h2>
        <p class="problem">No replica answers: no service runs, or none may be asked.</p>
      </>
    );
  return (
    <Section title="Replicas">
      <thead>
        <Head
          names={[
            "Service",
            "Instance",
            "Version",
            "Messages/s",
            "Committed",
            "Batches in flight",
            "Broker to commit",
            "State",
          ]}
        />
      </thead>
      <tbody>
        {replicas.map((replica) => (
          <tr>
            <th scope="row">{replica.name}</th>
            <td>{replica.instance}</td>
            <td>{replica.version}</td>
            <td class="number">{figure(replica.messagesPerSecond)}</td>
            <td class="number">{count(replica.messages)}</td>
            <td class="number">{count(replica.batchesInFlight)}</td>
            <td class="number">
              {replica.commitSeconds === null
                ? "none of late"
                : `${duration(replica.commitSeconds.p50)}, 95 % ${duration(replica.commitSeconds.p95)}`}
            </td>
            <td>
              {replica.problems.length === 0 ? (
                <span class="badge good">takes messages</span>
              ) : (
                <span class="problem">{replica.problems.join("; ")}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Section>
  );
}

function Tables({ overview }: { readonly overview: Overview }) {
  const { jobs, runningJobs, parkedStops, overdueStops, nodes, nodeStates, deadLetters } = overview;
  const letters = Object.entries(deadLetters);
  return (
    <Section title="Tables">
      <tbody>
        <tr>
          <th scope="row">Jobs</th>
          <td>
            {rows(jobs)}, of which <a href="/jobs?state=running">{count(runningJobs)} run</a>
          </td>
        </tr>
        <tr>
          <th scope="row">Node reports</th>
          <td>
            {rows(nodeStates)} of {count(nodes)} nodes
          </td>
        </tr>
        <tr>
          <th scope="row">Stops that wait for their starts</th>
          <td>
            {count(parkedStops)}
            {overdueStops > 0 ? <span class="problem">, {count(overdueStops)} of them overdue</span> : null}
          </td>
        </tr>
        <tr>
          <th scope="row">Open dead letters</th>
          <td>
            {letters.length === 0
              ? "none"
              : letters.map(([reason, number]) => (
                  <a class="chip" href={`/dead-letters?${new URLSearchParams({ reason }).toString()}`}>
                    {reason} {count(number)}
                  </a>
                ))}
          </td>
        </tr>
      </tbody>
    </Section>
  );
}

function rows({ rows: number, exact }: Overview["jobs"]): string {
  return `${exact ? "" : "about "}${count(number)}`;
}

function known(value: number | null | undefined, show: (value: number) => string): string {
  return value === null || value === undefined ? "not known" : show(value);
}

function Section({ title, children }: { readonly title: string; readonly children?: unknown }) {
  return (
    <>
      <h2>{title}</h2>
      <div class="scroll" tabindex={0} role="region" aria-label={title}>
        <table>{children}</table>
      </div>
    </>
  );
}

function Head({ names }: { readonly names: readonly string[] }) {
  return (
    <tr>
      {names.map((name) => (
        <th scope="col">{name}</th>
      ))}
    </tr>
  );
}
