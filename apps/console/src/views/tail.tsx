import type { TailEntry } from "../tail/tail.js";
import { type TailQuery, rates } from "../tail/tail-query.js";
import { Field, Select } from "./controls.js";
import { bytes, Time } from "./format.js";

export function TailPage({
  query,
  streams,
  entries,
  events,
}: {
  readonly query: TailQuery;
  readonly streams: readonly string[];
  readonly entries: readonly TailEntry[];
  readonly events: string;
}) {
  return (
    <>
      <form class="filter" action="/tail" role="search" aria-label="Filter messages">
        <Select name="stream" label="Stream" value={query.stream} options={streams} any="all" />
        <Field name="cluster" label="Cluster" value={query.cluster} />
        <Select name="rate" label="Per second at most" value={query.rate} options={rates} />
        <button>Follow</button>
        <button type="button" id="pause" aria-pressed="false" hidden>
          Pause
        </button>
      </form>
      <p id="left-out" role="status"></p>
      <div class="tail" role="log" aria-live="off" aria-label="Messages, the newest first" tabindex={0}>
        <ol id="tail" data-events={events}>
          {entries.map((entry) => (
            <TailItem entry={entry} />
          ))}
        </ol>
      </div>
    </>
  );
}

export function TailItem({ entry: { message, lines } }: { readonly entry: TailEntry }) {
  const { stream, sequence, storedAt, data, subject } = message;
  return (
    <li>
      <Time at={Number(storedAt / 1_000_000n) / 1_000} />
      <a href={`/messages/${encodeURIComponent(stream)}/${sequence}`}>
        {stream} {sequence}
      </a>
      <span class="soft">
        {subject}, {bytes(data.length)}
      </span>
      <ul>
        {lines.map(({ kind, text, jobId }) => (
          <li class={kind}>
            {text}{" "}
            {jobId === undefined ? null : (
              <a href={`/find?job=${jobId}`}>
                where is it?<span class="hidden"> (job {String(jobId)})</span>
              </a>
            )}
          </li>
        ))}
      </ul>
    </li>
  );
}
