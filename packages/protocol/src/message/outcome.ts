import type { RejectCode } from "../codes.js";
import type { NodeStates } from "../payload/node-states.js";
import type { StartJob } from "../payload/start-job.js";
import type { StopJob } from "../payload/stop-job.js";

/** What became of one line. `raw` is a view of the input, to be copied when kept; `line` is 1-based. */
export type MessageOutcome =
  | {
      readonly kind: "start_job";
      readonly line: number;
      readonly raw: Uint8Array;
      /** Nanoseconds: the line's timestamp, else the stream's time. */
      readonly eventTime: bigint;
      readonly job: StartJob;
    }
  | {
      readonly kind: "stop_job";
      readonly line: number;
      readonly raw: Uint8Array;
      readonly eventTime: bigint;
      readonly stop: StopJob;
    }
  | {
      readonly kind: "nodestate";
      readonly line: number;
      readonly raw: Uint8Array;
      readonly eventTime: bigint;
      readonly nodes: NodeStates;
    }
  | {
      readonly kind: "rejected";
      /** The physical line and the column (1-based, in bytes) of the fault. */
      readonly line: number;
      readonly column: number;
      readonly raw: Uint8Array;
      readonly code: RejectCode;
      readonly message: string;
      /** Where in the payload, such as `resources[3].hostname`. */
      readonly path: string | undefined;
    };
