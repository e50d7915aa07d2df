import { replace } from "./regions.js";
import { listen } from "./stream.js";

const HOVER_MS = 80;

/** The card of the node that is pointed at, or has the focus: listened to once the pointer rests, until another is. */
export function startCard(grid: HTMLElement, card: HTMLElement): void {
  let timer = 0;
  let end = (): void => undefined;
  const show = ({ target }: Event): void => {
    if (!(target instanceof HTMLAnchorElement)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      end();
      end = listen(`${target.href}/live`, { region: (html) => replace(card, html) });
    }, HOVER_MS);
  };
  grid.addEventListener("pointerover", show);
  grid.addEventListener("focusin", show);
}
