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
  let tell: (told: Told) => void = () => undefined;
  let version = 1;
  let length = body.length();
  let asked: { number: number } | undefined;
  const wire: Wire = {
    ask: (call, fields) => {
      // What leaves is what an IPC would carry: text.
      const text = JSON.stringify(fields);
      if (call === "open") return Promise.resolve({ version, role: "edit", title: "", delta: { ops: body.ops }, length });
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
    mounted,
  );
  const { page } = view;
  const half =
    mounted === Number.POSITIVE_INFINITY ? Math.floor(paragraphs.length / 2) : Math.floor(Math.min(mounted, paragraphs.length) / 2);
  let turn = 0;
  const place = (): number => page.lines.startOf(half + (turn++ % 5)) + 5;
  return {
    name: mounted === Number.POSITIVE_INFINITY ? "sheaf" : `sheaf, ${mounted} lines mounted`,
    remote: () => {
      length++;
      const message = JSON.stringify({
        event: "show",
        document: "d",
        view: "v",
        version: ++version,
        delta: new Delta().retain(place()).insert("x"),
        author: "e",
        length,
      });
      const before = performance.now();
      tell(JSON.parse(message) as Told);
      view.draw();
      return performance.now() - before;
    },
    local: () => {
      const position = page.positionOf(place())!;
      const tr = page.state.tr.insertText("y", position);
      const before = performance.now();
      page.dispatch(tr);
      const saved = JSON.stringify({ event: "saved", document: "d", view: "v", version: ++version, number: asked!.number });
      tell(JSON.parse(saved) as Told);
      const took = performance.now() - before;
      length++;
      if (lane.isUnsaved || page.lines.length !== length) throw new Error("the books are wrong");
      return took;
    },
  };
}

/** Only to be sure that the sides hold the same text. */
export function textOf(paragraphs: readonly string[]): number {
  const body = new Delta();
  for (const text of paragraphs) body.insert(`${text}\n`);
  return Lines.from(body).length;
}
