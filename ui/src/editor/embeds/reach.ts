/** Into an embed with keys: the first thing in it that takes them; Escape leads back. */
import type { Page } from "../page/page.ts";

/** Goes into the embed at the caret, before it or behind it. Answers false when there is none that takes keys. */
export function reachEmbed(page: Page): boolean {
  const { view } = page;
  const { anchor, head } = page.selection;
  if (view === undefined) return false;
  for (const offset of [Math.min(anchor, head), Math.max(anchor, head) - 1]) {
    const position = offset < 0 ? undefined : page.positionOf(offset);
    const embed = position === undefined ? null : view.nodeDOM(position);
    const inside = embed instanceof HTMLElement ? embed.querySelector<HTMLElement>("input, button:not([hidden])") : null;
    if (!(embed instanceof HTMLElement) || inside === null) continue;
    const back = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      view.focus();
    };
    embed.addEventListener("keydown", back);
    embed.addEventListener("focusout", () => embed.removeEventListener("keydown", back), { once: true });
    inside.focus();
    return true;
  }
  return false;
}
