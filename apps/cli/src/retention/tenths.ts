/** Passes on how far something is each time another tenth is done, but for the last: then there is a result to show. */
export function tenths(tell: (what: string, percent: number) => void): (what: string, part: number) => void {
  let last = "";
  let told = 0;
  return (what, part) => {
    if (what !== last) [last, told] = [what, 0];
    const tenth = Math.floor(part * 10);
    if (tenth <= told || tenth === 10) return;
    told = tenth;
    tell(what, tenth * 10);
  };
}
