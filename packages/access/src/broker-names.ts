/** What permissions are about. Subjects may hold wildcards. */
export interface BrokerNames {
  readonly jobs: WorkerNames;
  readonly nodestate: WorkerNames;
  /** Absent where no lifecycle events go out. */
  readonly lifecycle?: LifecycleNames;
}

export interface WorkerNames {
  readonly subject: string;
  readonly stream: string;
  readonly durable: string;
}

export interface LifecycleNames {
  /** Of all events: `<prefix>.*.*`, cluster and kind. */
  readonly subject: string;
  readonly stream: string;
}
