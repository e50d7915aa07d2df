/** What the names of nodes that stand together begin with: all but the last two digits. */
export function rackOf(hostname: string): string {
  return /^(.+?)\d{1,2}$/.exec(hostname)?.[1] ?? "other";
}
