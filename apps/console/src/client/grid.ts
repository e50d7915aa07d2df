import { startCard } from "./card.js";
import { merge } from "./merge.js";
import { listen } from "./stream.js";

type CellChange = readonly [hostname: string, state: string, look: string];

/** Cells that change and come by themselves, are gone through with the arrow keys, and tell of their nodes beside the grid. */
export function startGrid(): void {
  const grid = document.querySelector<HTMLElement>("#grid");
  const card = document.querySelector<HTMLElement>("#card");
  const events = grid?.dataset["events"];
  if (grid === null || card === null || events === undefined) return;
  const cells = new Cells(grid);
  walk(grid, cells);
  startCard(grid, card);
  let missing: readonly CellChange[] = [];
  let loading = false;
  const loadMissing = async (): Promise<void> => {
    if (loading || missing.length === 0) return;
    loading = true;
    if (await takeNew(grid).catch(() => false)) {
      cells.look();
      missing = cells.change(missing);
      recount(cells.all);
    }
    loading = false;
  };
  listen(events, {
    nodes: (data) => {
      missing = [...missing, ...cells.change(JSON.parse(data) as CellChange[])];
      recount(cells.all);
      void loadMissing();
    },
  });
}

/** The cells as they stand, one after the other. One is a stop of the tab key; the arrow keys go on from there. */
class Cells {
  readonly #grid: HTMLElement;
  #byName = new Map<string, HTMLAnchorElement>();
  all: readonly HTMLAnchorElement[] = [];
  current: HTMLAnchorElement | undefined;

  constructor(grid: HTMLElement) {
    this.#grid = grid;
    this.look();
  }

  look(): void {
    this.all = [...this.#grid.querySelectorAll<HTMLAnchorElement>("a.cell")];
    this.#byName = new Map(this.all.map((cell) => [nameOf(cell), cell]));
    this.current ??= this.all[0];
    for (const cell of this.all) if (cell !== this.current) cell.tabIndex = -1;
  }

  /** @returns those that there is no cell for */
  change(changes: readonly CellChange[]): CellChange[] {
    return changes.filter(([hostname, state, look]) => {
      const cell = this.#byName.get(hostname);
      if (cell !== undefined && cell.className !== look) {
        cell.className = look;
        cell.setAttribute("aria-label", `${hostname} ${state}`);
      }
      return cell === undefined;
    });
  }
}

/** Nodes that have come since: the page as it is now has their cells. @returns whether it could be read */
async function takeNew(grid: HTMLElement): Promise<boolean> {
  const response = await fetch(location.href);
  if (!response.ok) return false;
  const now = new DOMParser().parseFromString(await response.text(), "text/html");
  const [newer, legend] = [now.querySelector("#grid"), now.querySelector("#legend")];
  if (newer === null || legend === null) return false;
  merge(grid, newer);
  document.querySelector("#legend")?.replaceWith(legend);
  return true;
}

function nameOf(cell: HTMLAnchorElement): string {
  return decodeURIComponent(cell.pathname.slice(cell.pathname.lastIndexOf("/") + 1));
}

function walk(grid: HTMLElement, cells: Cells): void {
  grid.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLAnchorElement)) return;
    if (cells.current !== undefined) cells.current.tabIndex = -1;
    target.tabIndex = 0;
    cells.current = target;
  });
  grid.addEventListener("keydown", (event) => {
    const from = cells.current === undefined ? -1 : cells.all.indexOf(cells.current);
    const to = nextOf(event.key, cells.all, from);
    if (to === undefined) return;
    event.preventDefault();
    cells.all[to]?.focus();
  });
}

function nextOf(key: string, cells: readonly HTMLAnchorElement[], from: number): number | undefined {
  switch (key) {
    case "ArrowRight":
      return Math.min(cells.length - 1, from + 1);
    case "ArrowLeft":
      return Math.max(0, from - 1);
    case "ArrowDown":
      return inNextRow(cells, from, 1);
    case "ArrowUp":
      return inNextRow(cells, from, -1);
    case "Home":
      return 0;
    case "End":
      return cells.length - 1;
    default:
      return undefined;
  }
}

/** The nearest cell in the row above or below. */
function inNextRow(cells: readonly HTMLAnchorElement[], from: number, step: 1 | -1): number {
  const start = cells[from]?.getBoundingClientRect();
  if (start === undefined) return 0;
  let row: number | undefined;
  let best = from;
  for (let at = from + step; at >= 0 && at < cells.length; at += step) {
    const place = cells[at]?.getBoundingClientRect();
    if (place === undefined || Math.abs(place.top - start.top) < 1) continue;
    row ??= place.top;
    if (Math.abs(place.top - row) >= 1) break;
    const distance = Math.abs(place.left - start.left);
    const bestPlace = cells[best]?.getBoundingClientRect();
    if (best === from || distance < Math.abs((bestPlace?.left ?? 0) - start.left)) best = at;
  }
  return best;
}

function recount(cells: readonly HTMLAnchorElement[]): void {
  const counts = new Map<string, number>();
  for (const { classList } of cells) {
    const state = classList[1] ?? "";
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  for (const shown of document.querySelectorAll<HTMLElement>("[data-count]"))
    shown.textContent = (counts.get(shown.dataset["count"] ?? "") ?? 0).toLocaleString("en-US");
}
