/**
 * Every metric of the services, by name (`ingest_` goes before, `_total` behind a counter) and what it tells. Labels hold values of
 * closed lists alone: no user, job or host.
 */
export const counters = {
  messages_received: "Deliveries taken from the broker.",
  messages_redelivered: "Of them, those that had been delivered before.",
  messages_settled:
    "Deliveries answered: acked after the commit, put_off by the rate limit, returned for another replica.",
  batches: "Batches begun: full, idle (nothing was in flight, so it took what was there) or alone.",
  events: "Lines, by kind of event and what became of them.",
  rejects: "Lines that became dead letters, by reason.",
  retries: "Attempts at a batch that failed for want of infrastructure, and are made again.",
  database_errors:
    "Errors of the database by SQLSTATE class (none: no answer), and whether trying again may help.",
  broker_reconnects: "Times that the connection to the broker came back.",
  jobs_exceeding_walltime: "Runs closed because they outlived their walltime.",
  retired_days: "Days of node states that retention took away.",
  streams_replaced: "Times that a stream turned out to be another one of the same name.",
  reapplied_messages: "Messages applied again after the database had been set back.",
  missing_events: "Of their events, those that the database lacked.",
} as const;

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];

export const histograms = {
  batch_messages: {
    tells: "Messages in a batch.",
    bounds: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000],
    unit: "{message}",
  },
  fetch_seconds: {
    tells: "From a message's storage in the stream to its batch's beginning.",
    bounds: seconds,
    unit: "s",
  },
  commit_seconds: {
    tells: "One attempt at storing a batch that succeeded, its transactions included.",
    bounds: seconds,
    unit: "s",
  },
  broker_to_commit_seconds: {
    tells:
      "From a message's storage in the stream to the end of its batch: of up to 16 messages of each batch.",
    bounds: seconds,
    unit: "s",
  },
  event_to_broker_seconds: {
    tells: "From the time a line names to its storage in the stream: of up to 16 lines of each batch.",
    bounds: seconds,
    unit: "s",
  },
} as const;

export const gauges = {
  consumer_pending: "Messages that the consumer has not delivered yet.",
  consumer_ack_pending: "Messages delivered and not acknowledged.",
  consumer_redelivered: "Of them, those delivered more than once.",
  consumer_available: "1 when stream and consumer answer, 0 when they don't.",
  stream_messages: "Messages that the stream holds.",
  stream_bytes: "Bytes that the stream holds.",
  stream_max_bytes: "Bytes that it may hold; 0: as many as there is room for.",
  oldest_unprocessed_age_seconds: "Age of the oldest message that is not acknowledged; 0 when there is none.",
  last_success_timestamp_seconds: "When this process last finished a batch, in Unix time.",
  batches_in_flight: "Batches being worked on.",
  batches_in_flight_max: "Batches worked on at once, at most.",
  database_pool_connections: "Connections to the database, idle and used.",
  database_pool_max: "Connections to the database, at most.",
  database_pool_waiters: "Queries that wait for a connection.",
  database_behind: "1 while the database lacks what the stream has long delivered, as after a restore.",
  event_loop_delay_seconds: "Delay of the event loop since it was last asked for, by quantile.",
  broker_connected: "1 while the broker is connected.",
  dead_letters_open: "Dead letters that nobody has answered.",
  dead_letters_oldest_age_seconds: "Age of the oldest of them; 0 when there is none.",
  parked_stops: "Stops that wait for their start.",
  parked_stops_oldest_age_seconds: "Seconds since the earliest of their stop times; 0 when there is none.",
  overdue_stops: "Stops that have waited for their start too long.",
  build_info: "1, with the version of the service and of Node.",
} as const;

export type CounterName = keyof typeof counters;
export type HistogramName = keyof typeof histograms;
export type GaugeName = keyof typeof gauges;
export type Labels = Readonly<Record<string, string>>;
