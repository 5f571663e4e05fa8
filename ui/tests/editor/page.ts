/**
 * A page with two editors on one model core, for the suite with real keys. `?lines=n` begins with so many lines; `?one` mounts only Ana's.
 */
import "@fontsource-variable/inter";
import "@fontsource-variable/source-serif-4";
import "@fontsource-variable/jetbrains-mono";
import { Delta } from "../../src/editor/delta.ts";
import { copySectionLink, Editor, type Mentioning } from "../../src/editor/index.ts";
import { copyText } from "../../src/ipc/connect.ts";
import { Chance } from "../lane/chance.ts";
import { Letters } from "../lane/ledger.ts";
import { Clock, ModelCore } from "../lane/model.ts";
import { Typist } from "../lane/typist.ts";
import type { Wire } from "../../src/editor/lane/wire.ts";
import type { View } from "../../src/editor/view.ts";

/** Time as the browser has it. */
class RealClock extends Clock {
  override later(ms: number, run: () => void): void {
    setTimeout(run, ms);
  }
}

/** Lets chance write in both windows for a while and answers what the screens show that the texts do not say. */
async function scribble(seed: number, steps: number): Promise<string[]> {
  const wrong: string[] = [];
  const luck = new Chance(seed);
  const letters = new Letters();
  const seats = [a, b].flatMap((editor, index) => {
    if (editor === undefined) return [];
    const view = (editor as unknown as { view: View }).view;
    return [{ editor, view, typist: new Typist("abcd"[index]!, view, luck, letters) }];
  });
  for (let step = 0; step < steps; step++) {
    const { typist, view, editor } = luck.one(seats);
    const did = typist.act();
    if (!editor.verify()) wrong.push(`seed ${seed} step ${step} ${did}: the page is not the text`);
    const shown = [...view.page.view!.dom.children].map((line) => textShown(line));
    const said = [...view.page.lines.between(view.page.mounted.from, view.page.mounted.to)].map((line) => line.text);
    if (said.at(-1) === "" && said.length > shown.length) said.pop();
    const at = shown.findIndex((line, index) => line !== said[index]);
    if (at >= 0 || shown.length !== said.length)
      wrong.push(
        `seed ${seed} step ${step} ${did}: the screen shows ${JSON.stringify(shown[at])}, the text says ${JSON.stringify(said[at])}`,
      );
    if (luck.once(4)) await new Promise((done) => setTimeout(done, luck.below(40)));
  }
  await Promise.all(seats.map(({ editor }) => editor.saved()));
  await new Promise((done) => setTimeout(done, 200));
  if (b !== undefined && a.text !== b.text) wrong.push(`seed ${seed}: the windows differ`);
  return wrong;
}

/** The characters of a line's element, cards and breaks as the text counts them. */
function textShown(element: Element): string {
  let text = "";
  for (const child of element.childNodes) {
    if (child.nodeType === 3) text += child.nodeValue ?? "";
    else if (child instanceof Element) {
      if (child.matches("[data-embed]")) text += "\uFFFC";
      else if (child.matches("br.soft")) text += "\u2028";
      else if (!child.matches(".check, .peer-caret, .picture, br, img")) text += textShown(child);
    }
  }
  return text;
}

declare global {
  interface Window {
    sheaf: {
      a: Editor;
      b: Editor | undefined;
      core: ModelCore;
      events: unknown[];
      opened: string[];
      titles: Record<string, string>;
      set(ops: unknown[]): Promise<void>;
      scribble: typeof scribble;
      copyLinkTo: (nth: number) => boolean;
      mounted: { start: number; first: number; linesAtOnce: number };
    };
  }
}

const parameters = new URLSearchParams(location.search);
const lines = Number(parameters.get("lines") ?? "0");
const chance = new Chance(1);
const body = new Delta();
for (let i = 0; i < lines; i++) {
  const text = "Every device holds the whole document; what you type is on your own disk before anything else happens. ";
  body
    .insert(`${i} ${text.repeat(i % 20 === 0 ? 1 : 2)}`)
    .insert("\n", i % 20 === 0 ? { line: chance.id(), block: "h2" } : { line: chance.id() });
}
const core = new ModelCore(body, new RealClock(), chance);
const events: unknown[] = [];
const opened: string[] = [];

/** What can be named here. `titles` may be changed; a document that is made gets the next id. */
const titles: Record<string, string> = { ["11".repeat(32)]: "Harvest plan", ["22".repeat(32)]: "Bread recipes" };
const mentioning: Mentioning = {
  documents: () => Object.entries(titles).map(([document, title]) => ({ id: document, title })),
  people: () => [{ device: "d1", name: "Mika" }],
  days: (typed) => (typed === "" ? [{ date: "2026-11-29", name: "today" }] : []),
  titleOf: (document) => titles[document],
  dayOf: (date) => (/^\d{4}-\d\d-\d\d$/.test(date) ? `the day ${date}` : date),
  open: (document, line) => opened.push(line === undefined ? document : `${document}#${line}`),
  create: async (title) => {
    await new Promise((done) => setTimeout(done, 50));
    titles["33".repeat(32)] = title;
    return "33".repeat(32);
  },
};

/** The model core keeps no files: each that is handed to it is an image of two pixels, and lies elsewhere. */
function withAttachments(wire: Wire): Wire {
  let attached = 0;
  const hashes = new Map<number, { name: string; size: number }>();
  const answer = (call: string, fields: Readonly<Record<string, unknown>>, bytes?: ArrayBuffer): unknown => {
    const upload = Number(fields["upload"] ?? ++attached);
    const file = hashes.get(upload) ?? { name: String(fields["name"]), size: 0 };
    hashes.set(upload, { ...file, size: file.size + (bytes?.byteLength ?? 0) });
    const hash = upload.toString(16).padStart(64, "0");
    if (call === "attach_done") return { embed: { image: { hash, ...file, type: "image/png", width: 2, height: 1 } } };
    if (call === "attachment") return { here: false, got: 0, awaited: true, from: [], problem: null };
    return { upload };
  };
  return {
    ask: (call, fields, bytes) =>
      call.startsWith("attach") ? Promise.resolve(answer(call, fields, bytes)) : wire.ask(call, fields, bytes),
    hear: (listener) => wire.hear(listener),
    whenBack: (listener) => wire.whenBack(listener),
  };
}

async function open(id: string): Promise<Editor> {
  const editor = await Editor.open({
    wire: withAttachments(core.wire(2)),
    document: "d",
    mentioning,
    openOutside: (url) => opened.push(url),
    copyAsMarkdown: (lines) => void copyText(Promise.resolve(JSON.stringify(lines.ops))).then(() => events.push({ name: "copied" })),
    readMarkdown: (text) => Promise.resolve(new Delta().insert(`meant: ${text.length}`).insert("\n", { line: chance.id(), block: "h1" })),
  });
  for (const name of [
    "link",
    "linkWanted",
    "markdownPasted",
    "rescued",
    "trouble",
    "chosen",
    "blockMenu",
    "cells",
    "cellMenu",
    "picturesLeft",
  ] as const) {
    editor.on(name, (event: unknown) => events.push({ name, event }));
  }
  editor.mount(document.getElementById(id)!);
  return editor;
}

const start = performance.now();
const a = await open("a");
const first = performance.now() - start;
/** How many lines were there before anything else could happen: whoever looks from outside looks later. */
const linesAtOnce = document.querySelectorAll("#a .line").length;
const b = parameters.has("one") ? undefined : await open("b");

window.sheaf = {
  a,
  b,
  core,
  events,
  opened,
  titles,
  scribble,
  copyLinkTo: (nth) => {
    const { id: line, text: heading } = a.outline.headings[nth]!;
    return copySectionLink({ document: "11".repeat(32), title: "Harvest plan", line, heading });
  },
  mounted: { start, first, linesAtOnce },
  /** Makes the text this, as another device would. */
  set: async (ops) => {
    await a.saved();
    const clear = new Delta().delete(core.text.length);
    core.remote(clear.compose(new Delta(ops as never)));
    await new Promise((done) => setTimeout(done, 60));
    await a.saved();
  },
};
a.focus();
document.body.dataset["ready"] = "yes";
