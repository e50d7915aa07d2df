import { jobStates, sharings } from "@cc-ingest/protocol";
import { Type } from "typebox";
import { closed, next, nullable } from "./common.js";

const numbers = nullable(Type.Record(Type.String(), Type.Number()));

/** A job as cc-backend's API names things, beside when and by what it was stopped. */
export const Job = Type.Object(
  {
    id: Type.Integer({ description: "Of the row in this database." }),
    jobId: Type.Integer(),
    cluster: Type.String(),
    subCluster: Type.String(),
    partition: Type.String(),
    project: Type.String(),
    user: Type.String(),
    shared: Type.Enum([...sharings]),
    jobState: Type.Enum([...jobStates]),
    submitTime: Type.Integer({ description: "Unix seconds; 0: unknown." }),
    startTime: Type.Integer({ description: "Unix seconds." }),
    stopTime: nullable(Type.Integer({ description: "Unix seconds; null while it runs." })),
    stopSource: nullable(
      Type.Enum(["event", "superseded", "walltime"], {
        description: "A stop event, a later run of the same job, or its walltime.",
      }),
    ),
    duration: Type.Integer({ description: "Seconds; of a running job, until now." }),
    walltime: Type.Integer({ description: "Seconds; 0: unknown." }),
    requestedMemory: Type.Integer({ description: "Megabytes; 0: unknown." }),
    arrayJobId: Type.Integer(),
    numNodes: Type.Integer(),
    numHwthreads: Type.Integer(),
    numAcc: Type.Integer(),
    smt: Type.Integer(),
    monitoringStatus: Type.Integer(),
    energy: Type.Number(),
    resources: Type.Array(
      Type.Object(
        {
          hostname: Type.String(),
          hwthreads: Type.Optional(Type.Array(Type.Integer())),
          accelerators: Type.Optional(Type.Array(Type.String())),
          configuration: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
    tags: Type.Array(
      Type.Object(
        { id: Type.Integer(), type: Type.String(), name: Type.String(), scope: Type.String() },
        closed,
      ),
    ),
    concurrentJobs: Type.Object(
      {
        count: Type.Integer(),
        items: Type.Array(Type.Object({ id: Type.Integer(), jobId: Type.Integer() }, closed)),
      },
      closed,
    ),
    footprint: numbers,
    energyFootprint: numbers,
    statistics: nullable(Type.Record(Type.String(), Type.Unknown())),
    metaData: nullable(
      Type.Record(Type.String(), Type.String(), { description: "In lists only when it is asked for." }),
    ),
  },
  closed,
);

export const JobList = Type.Object(
  {
    jobs: Type.Array(Job),
    items: Type.Integer({ description: "Jobs on this page." }),
    page: nullable(Type.Integer({ description: "The page's number; null after a place." })),
    next,
  },
  closed,
);

/** As cc-backend: metric data stands beside the job there, and there are none here. */
export const JobWithData = Type.Object({ Meta: Job, Data: Type.Null() }, closed);

export const UsedNodes = Type.Object(
  { usedNodes: Type.Record(Type.String(), Type.Array(Type.String())) },
  closed,
);
