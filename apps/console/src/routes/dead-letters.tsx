import {
  type LetterFilter,
  type StoredLetter,
  countLetters,
  findLetters,
  readActions,
  readClusterNames,
  readLetters,
} from "@cc-ingest/database";
import { inspectMessage } from "@cc-ingest/service";
import { type WebEnv, allow } from "@cc-ingest/web";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import {
  AT_ONCE,
  type AnswerAction,
  Answerer,
  type Selection,
  newestLetter,
  selectable,
} from "../letters/answer.js";
import { letterAddress, letterFilter, letterNumber, letterQuery } from "../letters/letter-query.js";
import { whoAnswers } from "../letters/who.js";
import { liveRegion } from "../live/region.js";
import { BadQuery } from "../query.js";
import { page, part } from "../respond.js";
import type { Site } from "../site.js";
import { isOurForm, viewerOf, writers } from "../viewer.js";
import { AnsweredPage, PreviewPage } from "../views/answer.js";
import { LetterPage } from "../views/letter.js";
import { Fitting, LettersPage } from "../views/letters.js";

const PAGE = 50;
const LIVE_MS = 3_000;

export function deadLetterRoutes(site: Site): Hono<WebEnv> {
  const { db, config, stop, log } = site;
  const answerer = new Answerer(site);

  const routes = new Hono<WebEnv>();
  routes.get("/", async (c) => {
    const query = letterQuery(c.req.query());
    const filter = letterFilter(query);
    const given = c.req.query("after");
    const after = given === undefined ? undefined : letterNumber("after", given);
    const [clusters, letters, fitting] = await Promise.all([
      readClusterNames(db),
      findLetters(db, filter, { order: "newest first", after, limit: PAGE + 1 }),
      countLetters(db, filter),
    ]);
    const shown = letters.slice(0, PAGE);
    const older = letters.length > PAGE ? { after: String(shown.at(-1)?.id) } : undefined;
    return await page(
      c,
      site,
      "Dead letters",
      <LettersPage
        query={query}
        clusters={clusters}
        letters={shown}
        fitting={fitting}
        mayWrite={viewerOf(c, site).mayWrite}
        newest={after === undefined ? undefined : letterAddress("/dead-letters", query)}
        older={older === undefined ? undefined : letterAddress("/dead-letters", query, older)}
      />,
    );
  });
  routes.get("/live", (c) => {
    const query = letterQuery(c.req.query());
    const filter = letterFilter(query);
    const shown = c.req.query("shown") ?? "";
    return liveRegion(c, { everyMs: LIVE_MS, stop }, async () => {
      const [fitting, newest] = await Promise.all([countLetters(db, filter), newestLetter(site, filter)]);
      const isNewer = newest !== undefined && String(newest) !== shown;
      return await part(
        <Fitting fitting={fitting} newer={isNewer ? letterAddress("/dead-letters", query) : undefined} />,
      );
    });
  });

  routes.get("/answer", async (c) => {
    const { fields, selection } = selectionOf(c.req.query(), c.req.queries("id") ?? []);
    const preview = await answerer.preview(selection);
    const title = selection.action === "replay" ? "Replay dead letters?" : "Discard dead letters?";
    return await page(
      c,
      site,
      title,
      <PreviewPage action={selection.action} preview={preview} fields={fields} viewer={viewerOf(c, site)} />,
    );
  });
  routes.post("/answer", allow(...writers), async (c) => {
    const form = await c.req.parseBody({ all: true });
    if (!isOurForm(c, form["csrf"]))
      throw new HTTPException(403, { message: "this form is not ours, or too old: load the page anew" });
    const { hindrance } = viewerOf(c, site);
    if (hindrance !== undefined) throw new HTTPException(403, { message: hindrance });
    const { fields, selection } = selectionOf(form, [form["id"] ?? []].flat());
    const note = typeof form["note"] === "string" && form["note"] !== "" ? form["note"] : undefined;
    const who = whoAnswers(c.var.principal);
    const answered = await answerer.answer(selection, who, note);
    const { done, refused, more, last } = answered;
    log.info(
      { user: who, action: selection.action, done, refused: refused.length },
      "dead letters were answered",
    );
    const further = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]));
    further.set("after", String(last));
    further.set("action", selection.action);
    const rest = more === 0 ? undefined : `/dead-letters/answer?${further.toString()}`;
    const title = selection.action === "replay" ? "Replayed" : "Discarded";
    return await page(
      c,
      site,
      title,
      <AnsweredPage action={selection.action} answered={answered} who={who} rest={rest} />,
    );
  });

  const letterOf = async (text: string): Promise<StoredLetter> => {
    const id = letterNumber("id", text);
    const [letter] = await readLetters(db, [id]);
    if (letter === undefined) throw new HTTPException(404, { message: `there is no dead letter ${id}` });
    return letter;
  };
  routes.get("/:id{[0-9]+}", async (c) => {
    const letter = await letterOf(c.req.param("id"));
    const { raw, headers, receivedAt } = letter;
    const precision = config.ingest.timestampPrecision;
    const message = { raw, headers, ...inspectMessage(raw, { precision, streamTime: receivedAt }) };
    const actions = await readActions(db, letter);
    return await page(
      c,
      site,
      `Dead letter ${letter.id}`,
      <LetterPage
        letter={letter}
        message={message}
        actions={actions}
        mayWrite={viewerOf(c, site).mayWrite}
      />,
    );
  });
  routes.get("/:id{[0-9]+}/raw", async (c) => {
    const { id, raw } = await letterOf(c.req.param("id"));
    c.header("Content-Type", "application/octet-stream");
    c.header("Content-Disposition", `attachment; filename="dead-letter-${id}.lp"`);
    return c.body(new Uint8Array(raw));
  });
  return routes;
}

interface Chosen {
  /** The same for a form, or an address. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly selection: Selection;
}

/** Which dead letters, and what is to be done: the ones named, or with `all` those that fit. @throws BadQuery */
function selectionOf(given: Readonly<Record<string, unknown>>, ids: readonly unknown[]): Chosen {
  const action = given["action"];
  if (action !== "replay" && action !== "discard")
    throw new BadQuery("action", "is neither replay nor discard");
  const { filter, fields } = ids.length > 0 ? named(ids) : allThatFit(given);
  const after = typeof given["after"] === "string" ? letterNumber("after", given["after"]) : undefined;
  const asked = Number(given["limit"] ?? AT_ONCE);
  const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, AT_ONCE) : AT_ONCE;
  return {
    fields: after === undefined ? fields : [...fields, ["after", String(after)]],
    selection: { action: action satisfies AnswerAction, filter: selectable(action, filter), after, limit },
  };
}

type Which = { readonly filter: LetterFilter; readonly fields: Chosen["fields"] };

function named(ids: readonly unknown[]): Which {
  const numbers = ids.map((id) => letterNumber("id", String(id)));
  return { filter: { ids: numbers }, fields: numbers.map((id) => ["id", String(id)] as const) };
}

function allThatFit(given: Readonly<Record<string, unknown>>): Which {
  if (given["all"] !== "yes") throw new BadQuery("id", "is missing: choose at least one dead letter");
  const query = letterQuery(given);
  const set = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { filter: letterFilter(query), fields: [...set, ["all", "yes"]] };
}
