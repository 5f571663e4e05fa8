/**
 * A page with two editors on one model core, for the suite with real keys. `?lines=n` begins with so many lines; `?one` mounts only Ana's.
 */
import "@fontsource-variable/inter";
import "@fontsource-variable/source-serif-4";
import "@fontsource-variable/jetbrains-mono";
import { Delta } from "../../src/editor/delta.ts";
import { Editor } from "../../src/editor/index.ts";
import { Chance } from "../lane/chance.ts";
import { Clock, ModelCore } from "../lane/model.ts";

/** Time as the browser has it. */
class RealClock extends Clock {
  override later(ms: number, run: () => void): void {
    setTimeout(run, ms);
  }
}

declare global {
  interface Window {
    sheaf: { a: Editor; b: Editor | undefined; core: ModelCore; events: unknown[]; opened: string[]; set(ops: unknown[]): Promise<void> };
  }
}

const parameters = new URLSearchParams(location.search);
const lines = Number(parameters.get("lines") ?? "0");
const chance = new Chance(1);
const body = new Delta();
for (let i = 0; i < lines; i++) {
  const text = "Every device holds the whole document; what you type is on your own disk before anything else happens. ";
  body.insert(`${i} ${text.repeat(i % 20 === 0 ? 1 : 2)}`).insert("\n", i % 20 === 0 ? { line: chance.id(), block: "h2" } : { line: chance.id() });
}
const core = new ModelCore(body, new RealClock(), chance);
const events: unknown[] = [];
const opened: string[] = [];

async function open(id: string): Promise<Editor> {
  const editor = await Editor.open({
    wire: core.wire(2),
    document: "d",
    openOutside: (url) => opened.push(url),
    readMarkdown: (text) => Promise.resolve(new Delta().insert(`meant: ${text.length}`).insert("\n", { line: chance.id(), block: "h1" })),
  });
  for (const name of ["link", "linkWanted", "markdownPasted", "rescued", "trouble"] as const) {
    editor.on(name, (event: unknown) => events.push({ name, event }));
  }
  editor.mount(document.getElementById(id)!);
  return editor;
}

const a = await open("a");
const b = parameters.has("one") ? undefined : await open("b");

window.sheaf = {
  a,
  b,
  core,
  events,
  opened,
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
