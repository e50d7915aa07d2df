import { type Parsed, accept, quote, refuse } from "./setting-type.js";

/** The cluster that a subject names; undefined when the subject is none of those that were subscribed to. */
export type ClusterReader = (subject: string) => string | undefined;

/**
 * Reads the cluster from subjects: the token in the place of the only `*` of the subject that is subscribed to. `>` stands for no
 * cluster. Undefined when there is no `*`, or more than one: then nobody knows which.
 */
export function clusterReader(subscribed: string): ClusterReader | undefined {
  const tokens = subscribed.split(".");
  const place = tokens.indexOf("*");
  if (place === -1 || hasSeveralStars(subscribed)) return undefined;
  const open = tokens.at(-1) === ">";
  const fixed = open ? tokens.slice(0, -1) : tokens;
  return (subject) => {
    const given = subject.split(".");
    const fits =
      (open ? given.length > fixed.length : given.length === fixed.length) &&
      fixed.every((token, index) => index === place || token === given[index]);
    return fits ? given[place] : undefined;
  };
}

export function hasSeveralStars(subscribed: string): boolean {
  return subscribed.split(".").filter((token) => token === "*").length > 1;
}

/** What a producer of this cluster publishes to, so that who has subscribed gets it. `cluster`: undefined when it is not known. */
export function subjectToPublish(subscribed: string, cluster: string | undefined): Parsed<string> {
  if (!/[*>]/.test(subscribed)) return accept(subscribed);
  if (subscribed.endsWith(">") || hasSeveralStars(subscribed))
    return refuse(`${subscribed} stands for many subjects, and nothing says which one to publish to`);
  if (cluster === undefined)
    return refuse(`${subscribed} has the cluster in the place of *, and none is named`);
  if (!/^[^\s\p{Cc}.*>]+$/u.test(cluster))
    return refuse(
      `the cluster ${quote(cluster)} can't be in ${subscribed}: with spaces, dots, "*" or ">" it is no token`,
    );
  return accept(subscribed.replace("*", () => cluster));
}
