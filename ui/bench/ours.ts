/** Our view, without a DOM, over a wire that answers at once: what the page's main thread does for one keystroke. */
import { Delta } from "../src/editor/delta.ts";
import { TextLane } from "../src/editor/lane/lane.ts";
import type { Told, Wire } from "../src/editor/lane/wire.ts";
import { Lines } from "../src/editor/lines/lines.ts";
import { View } from "../src/editor/view.ts";
import type { Side } from "./peers.ts";

/** Our side, with so many lines mounted (all of them unless said). */
export async function ourSide(paragraphs: readonly string[], mounted = Number.POSITIVE_INFINITY): Promise<Side> {
  const body = new Delta();
  for (const [index, text] of paragraphs.entries()) body.insert(text).insert("\n", { line: `line${index}` });
  const ours = await ourView(body, mounted);
  const { page } = ours;
  const half =
    mounted === Number.POSITIVE_INFINITY ? Math.floor(paragraphs.length / 2) : Math.floor(Math.min(mounted, paragraphs.length) / 2);
  let turn = 0;
  const place = (): number => page.lines.startOf(half + (turn++ % 5)) + 5;
  return {
    name: mounted === Number.POSITIVE_INFINITY ? "sheaf" : `sheaf, ${mounted} lines mounted`,
    remote: () => {
      const message = JSON.stringify({ delta: new Delta().retain(place()).insert("x"), length: page.lines.length + 1 });
      const before = performance.now();
      ours.show(message);
      return performance.now() - before;
    },
    local: () => {
      const position = page.positionOf(place())!;
      const tr = page.state.tr.insertText("y", position);
      const length = page.lines.length + 1;
      const before = performance.now();
      page.dispatch(tr);
      ours.save();
      const took = performance.now() - before;
      if (ours.isUnsaved() || page.lines.length !== length) throw new Error("the books are wrong");
      return took;
    },
  };
}

/** Our view, and what its wire does. */
export interface OurView {
  readonly page: View["page"];
  /** A show arrives, as text of `{delta, length}`, and is drawn. */
  show(message: string): void;
  /** The push that is under way is answered: saved. */
  save(): void;
  isUnsaved(): boolean;
}

/** Our view of a body, with so many lines mounted. */
export async function ourView(body: Delta, mounted: number): Promise<OurView> {
  let tell: (told: Told) => void = () => undefined;
  let version = 1;
  let asked: { number: number } | undefined;
  const wire: Wire = {
    ask: (call, fields) => {
      // What leaves is what an IPC would carry: text.
      const text = JSON.stringify(fields);
      if (call === "open") return Promise.resolve({ version, role: "edit", title: "", delta: { ops: body.ops }, length: body.length() });
      if (call === "push") asked = JSON.parse(text) as { number: number };
      return new Promise(() => undefined);
    },
    hear: (listener) => {
      tell = listener;
      return () => undefined;
    },
    whenBack: () => () => undefined,
  };
  const lane = await TextLane.open(
    wire,
    "d",
    () => "v",
    () => () => undefined,
  );
  let ids = 0;
  const quiet = {
    owes: () => undefined,
    changing: () => undefined,
    textChanged: () => undefined,
    changed: () => undefined,
    savedChanged: () => undefined,
    roleChanged: () => undefined,
  };
  const view = new View(
    lane,
    { now: () => 0, newId: () => `n${ids++}` },
    {
      ...quiet,
      rescued: () => undefined,
      trouble: (what) => {
        throw new Error(what);
      },
    },
    [],
    { first: mounted, whole: Number.POSITIVE_INFINITY, size: Number.POSITIVE_INFINITY },
  );
  return {
    page: view.page,
    show: (message) => {
      const told = JSON.parse(message) as { delta: Delta; length: number };
      tell({ ...told, event: "show", document: "d", view: "v", version: ++version, author: "e" } as unknown as Told);
      view.draw();
    },
    save: () => {
      const saved = JSON.stringify({ event: "saved", document: "d", view: "v", version: ++version, number: asked!.number });
      tell(JSON.parse(saved) as Told);
    },
    isUnsaved: () => lane.isUnsaved,
  };
}

/** Only to be sure that the sides hold the same text. */
export function textOf(paragraphs: readonly string[]): number {
  const body = new Delta();
  for (const text of paragraphs) body.insert(`${text}\n`);
  return Lines.from(body).length;
}
