const PER_RACK = 88;

/** `f0101 … f0188, f0201 …`: the cluster's initial, the rack, the place in it. */
export function hostname(cluster: string, index: number): string {
  const rack = Math.floor(index / PER_RACK) + 1;
  return `${initial(cluster)}${twoDigits(rack)}${twoDigits((index % PER_RACK) + 1)}`;
}

/** Where the scheduler and its adapter run. */
export function managementHost(cluster: string): string {
  return `${initial(cluster)}mgmt1`;
}

/** A host list as Slurm writes it: `f0101`, or `f[0101-0103,0107]`. */
export function hostList(cluster: string, indices: readonly number[]): string {
  const numbers = indices.map((index) => hostname(cluster, index).slice(1)).toSorted();
  if (numbers.length === 1) return `${initial(cluster)}${numbers[0]}`;
  const ranges: [first: string, last: string][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range !== undefined && Number(number) === Number(range[1]) + 1) range[1] = number;
    else ranges.push([number, number]);
  }
  const terms = ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`));
  return `${initial(cluster)}[${terms.join(",")}]`;
}

function initial(cluster: string): string {
  return /^[a-z]/i.exec(cluster)?.[0].toLowerCase() ?? "n";
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
