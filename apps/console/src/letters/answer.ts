import {
  type Actor,
  type DeadLetterStatus,
  type LetterFilter,
  type LetterSummary,
  discardLetters,
  findLetters,
  readLetters,
} from "@cc-ingest/database";
import {
  type Announce,
  type Reached,
  type ReplayResult,
  Replayer,
  build,
  inPages,
  openLifecycle,
} from "@cc-ingest/service";
import type { Site } from "../site.js";

export type AnswerAction = "replay" | "discard";

export interface Selection {
  readonly action: AnswerAction;
  readonly filter: LetterFilter;
  /** Those up to this one are left out. */
  readonly after: bigint | undefined;
  readonly limit: number;
}

/** What came of it, or would come. */
export interface Answered extends Reached {
  /** Applied or discarded. */
  readonly done: number;
  readonly refused: readonly { readonly id: bigint; readonly reason: string; readonly message: string }[];
  /** Somebody else was faster. */
  readonly answered: number;
}

/** So many at once at most: a person waits for it. */
export const AT_ONCE = 500;

/** Far above what the database does: a person's pace limits it. */
const UNLIMITED = 1e9;

/** Replays and discards dead letters as `ccingest dead-letters` does, in somebody's name. */
export class Answerer {
  readonly #site: Site;
  #announce: Promise<Announce> | undefined;

  constructor(site: Site) {
    this.#site = site;
  }

  /** What would come of it, without changing anything. */
  async preview(selection: Selection): Promise<Answered> {
    const replayer = this.#replayer({ name: "nobody", build });
    return await this.#go(selection, async (page) =>
      selection.action === "discard"
        ? page.map(() => "done" as const)
        : replayer.preview(await this.#whole(page)),
    );
  }

  async answer(selection: Selection, who: string, note: string | undefined): Promise<Answered> {
    const actor = { name: who, build };
    const { db } = this.#site;
    if (selection.action === "discard")
      return await this.#go(selection, async (page) => {
        const discarded = await discardLetters(db, page, actor, note);
        return page.map(({ id }) => (discarded.has(id) ? ("done" as const) : ("answered" as const)));
      });
    const replayer = this.#replayer(actor);
    return await this.#go(selection, async (page) => {
      const letters = await this.#whole(page);
      // Before anything is applied that the broker must be told of.
      if (letters.some(({ letter }) => letter.service === "ingest-jobs")) await this.#openLifecycle();
      return await replayer.replay(letters);
    });
  }

  async #go(
    { filter, after, limit }: Selection,
    work: (page: readonly LetterSummary[]) => Promise<readonly (ReplayResult | "done" | "answered")[]>,
  ): Promise<Answered> {
    const refused: Answered["refused"][number][] = [];
    let [done, answered] = [0, 0];
    const options = { after, limit, rate: UNLIMITED, signal: this.#site.stop };
    const reached = await inPages(this.#site.db, filter, options, async (page) => {
      for (const result of await work(page)) {
        if (result === "done") done++;
        else if (result === "answered" || result.outcome === "answered") answered++;
        else if (result.outcome === "applied") done++;
        else
          refused.push({ id: result.letter.id, reason: result.reason ?? "", message: result.message ?? "" });
      }
    });
    return { ...reached, done, refused, answered };
  }

  async #whole(page: readonly LetterSummary[]) {
    const ids = page.map(({ id }) => id);
    return (await readLetters(this.#site.db, ids)).map((letter) => ({ letter, edited: letter.edited }));
  }

  #replayer(actor: Actor): Replayer {
    const { config, definitions, db } = this.#site;
    const announce: Announce = async (changes) => (await this.#openLifecycle())(changes);
    return new Replayer({ config, definitions, db, build, announce, actor });
  }

  async #openLifecycle(): Promise<Announce> {
    const { config, broker } = this.#site;
    const nats = broker.connected();
    // The console's user may make no stream.
    const verifying = { ...config, ingest: { ...config.ingest, provisioning: "verify" as const } };
    this.#announce ??= openLifecycle(nats, verifying, "console");
    try {
      return await this.#announce;
    } catch (error) {
      this.#announce = undefined;
      throw error;
    }
  }
}

/**
 * Those of them that an action is for. What has ended a service would end this too: that is left to the command line. Discarded ones are
 * replayed when they are named.
 */
export function selectable(action: AnswerAction, filter: LetterFilter): LetterFilter {
  if (action === "discard") return { ...filter, statuses: within(filter, ["open"]) };
  const statuses = within(
    filter,
    filter.ids === undefined ? ["open", "replaying"] : ["open", "replaying", "discarded"],
  );
  return { ...filter, statuses, exceptReasons: [CRASHES] };
}

export const CRASHES = "crashes_service";

function within(
  { statuses }: LetterFilter,
  possible: readonly DeadLetterStatus[],
): readonly DeadLetterStatus[] {
  return statuses === undefined ? possible : possible.filter((status) => statuses.includes(status));
}

export async function newestLetter(
  site: Pick<Site, "db">,
  filter: LetterFilter,
): Promise<bigint | undefined> {
  const [newest] = await findLetters(site.db, filter, { order: "newest first", limit: 1 });
  return newest?.id;
}
