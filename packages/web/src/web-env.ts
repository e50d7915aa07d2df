import type { Principal } from "./principal.js";

/** What every handler finds in its context. */
export interface WebEnv {
  readonly Variables: {
    /** Set by `authenticate`. */
    principal: Principal;
  };
}
