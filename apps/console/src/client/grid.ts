import { listen } from "./stream.js";

const HOVER_MS = 80;

/** Cells that change by themselves, are gone through with the arrow keys, and tell of their nodes beside the grid. */
export function startGrid(): void {
  const grid = document.querySelector<HTMLElement>("#grid");
  const card = document.querySelector<HTMLElement>("#card");
  if (grid === null || card === null) return;
  const cells = [...grid.querySelectorAll<HTMLAnchorElement>("a.cell")];
  const byName = new Map(cells.map((cell) => [nameOf(cell), cell]));
  walk(grid, cells);
  tell(grid, card);
  const events = grid.dataset["events"];
  if (events !== undefined)
    listen(events, {
      nodes: (data) => {
        for (const [hostname, state, look] of JSON.parse(data) as [string, string, string][]) {
          const cell = byName.get(hostname);
          if (cell === undefined || cell.className === look) continue;
          cell.className = look;
          cell.setAttribute("aria-label", `${hostname} ${state}`);
        }
        recount(cells);
      },
    });
}

function nameOf(cell: HTMLAnchorElement): string {
  return decodeURIComponent(cell.pathname.slice(cell.pathname.lastIndexOf("/") + 1));
}

/** One stop of the tab key for all of them; the arrow keys go on from there. */
function walk(grid: HTMLElement, cells: readonly HTMLAnchorElement[]): void {
  for (const cell of cells.slice(1)) cell.tabIndex = -1;
  let current = cells[0];
  grid.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLAnchorElement)) return;
    if (current !== undefined) current.tabIndex = -1;
    target.tabIndex = 0;
    current = target;
  });
  grid.addEventListener("keydown", (event) => {
    const from = current === undefined ? -1 : cells.indexOf(current);
    const to = nextOf(event.key, cells, from);
    if (to === undefined) return;
    event.preventDefault();
    cells[to]?.focus();
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

/** The card of the node that is pointed at, or has the focus: asked for once the pointer rests. */
function tell(grid: HTMLElement, card: HTMLElement): void {
  let wanted = "";
  let timer = 0;
  const show = (event: Event): void => {
    if (!(event.target instanceof HTMLAnchorElement) || event.target.href === wanted) return;
    wanted = event.target.href;
    clearTimeout(timer);
    timer = setTimeout(() => void load(wanted), HOVER_MS);
  };
  const load = async (href: string): Promise<void> => {
    const response = await fetch(`${href}/card`).catch(() => undefined);
    if (response?.ok !== true || href !== wanted) return;
    const html = await response.text();
    if (href === wanted) card.innerHTML = html;
  };
  grid.addEventListener("pointerover", show);
  grid.addEventListener("focusin", show);
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
