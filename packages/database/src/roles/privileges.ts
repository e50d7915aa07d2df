/** What each role may do: the only place where it stands. */
export interface Privileges {
  /** By table or view. */
  readonly tables: Readonly<Record<string, readonly Privilege[]>>;
  readonly functions: readonly string[];
}

export type Privilege = "SELECT" | "INSERT" | "UPDATE" | "DELETE";

/** Owns the schema's objects and migrates them; has no list, since it may do everything with them. */
export const OWNER = "cc_ingest_owner";

const read = ["SELECT"] as const;
const append = ["SELECT", "INSERT"] as const;
const keep = ["SELECT", "INSERT", "UPDATE"] as const;
const all = ["SELECT", "INSERT", "UPDATE", "DELETE"] as const;

const questions = [
  "node_down_time(text, bigint, bigint)",
  "nodes_per_state(text, bigint, bigint, bigint)",
  "node_hours(text, bigint, bigint, text)",
] as const;

/** Group roles, which logins become members of. */
export const roles: Readonly<Record<string, Privileges>> = {
  // The services, and who replays or discards dead letters. The audit trail can't be changed, and nothing but what is named.
  cc_ingest_service: {
    tables: {
      job: all,
      tag: append,
      jobtag: ["SELECT", "INSERT", "DELETE"],
      job_usage: ["SELECT", "INSERT", "DELETE"],
      // Marked by triggers, which have the owner's rights.
      job_usage_change: ["SELECT", "DELETE"],
      parked_stop: ["SELECT", "INSERT", "DELETE"],
      start_message: keep,
      // Its rows are locked, which asks for the right to update them.
      ingest_lock: ["SELECT", "UPDATE"],
      node: keep,
      node_state: keep,
      node_state_change: all,
      nodes_per_state_delta: all,
      dead_letter: all,
      dead_letter_action: append,
      lone_attempt: all,
      watermark: keep,
      node_allocation: read,
      kysely_migration: read,
    },
    functions: [
      "ensure_node_state_partition(date)",
      "retire_node_state_day(date, text)",
      "drop_retired_node_state(date, text)",
      ...questions,
    ],
  },
  // Dashboards, the console as long as it only looks, and people.
  cc_ingest_reader: {
    tables: {
      job: read,
      tag: read,
      jobtag: read,
      job_usage: read,
      job_usage_change: read,
      parked_stop: read,
      start_message: read,
      node: read,
      node_state: read,
      node_state_change: read,
      nodes_per_state_delta: read,
      dead_letter: read,
      dead_letter_action: read,
      lone_attempt: read,
      watermark: read,
      node_allocation: read,
      kysely_migration: read,
    },
    functions: questions,
  },
};
