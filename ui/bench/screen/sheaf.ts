/** Sheaf's editor over a core that answers in the page. (In life the core is another process; its copy of the text is counted in this page's memory.) */
import "../../src/style/tokens.css";
import { Delta } from "../../src/editor/delta.ts";
import { Editor } from "../../src/editor/index.ts";
import type { View } from "../../src/editor/view.ts";
import { Chance } from "../../tests/lane/chance.ts";
import { Clock, ModelCore } from "../../tests/lane/model.ts";
import { type Side, blocksOf, painted, run } from "./text.ts";

class RealClock extends Clock {
  override later(ms: number, act: () => void): void {
    setTimeout(act, ms);
  }
}

void run((count): Side => {
  const chance = new Chance(1);
  const body = new Delta();
  for (const { heading, text } of blocksOf(count))
    body.insert(text).insert("\n", heading ? { line: chance.id(), block: "h2" } : { line: chance.id() });
  const core = new ModelCore(body, new RealClock(), chance);
  // What a core sends is text; reading it is the page's part.
  const model = core as unknown as { opened(): unknown };
  const answer = JSON.stringify(model.opened());
  model.opened = (): unknown => JSON.parse(answer);
  let editor: Editor;
  let mounted = -1;
  let since = 0;
  const view = (): View => (editor as unknown as { view: View }).view;
  return {
    open: async (host) => {
      editor = await Editor.open({ wire: core.wire(0), document: "d", openOutside: () => undefined });
      editor.mount(host);
    },
    isReady: () => {
      const now = document.querySelectorAll("#host .line").length;
      if (now !== mounted) since = performance.now();
      mounted = now;
      return view().page.isWhole || performance.now() - since > 300;
    },
    caretInTheMiddle: async () => {
      const { lines } = view().page;
      const at = lines.startOf(Math.floor(count / 2)) + 5;
      editor.focus();
      editor.select({ anchor: at, head: at });
      await painted();
    },
    remote: async () => {
      const lane = view().lane as unknown as { hear(told: unknown): void };
      const hear = lane.hear.bind(lane);
      const draw = view().draw.bind(view());
      let busy = 0;
      const timed = <T>(act: () => T): T => {
        const begin = performance.now();
        const result = act();
        busy += performance.now() - begin;
        return result;
      };
      const drawn = new Promise<void>((done) => {
        view().draw = (): boolean => {
          const did = timed(draw);
          if (did) done();
          return did;
        };
      });
      lane.hear = (told): void => timed(() => hear(told));
      core.remote(new Delta().retain(core.text.startOf(Math.floor(count / 2)) + 5).insert("x"));
      await drawn;
      lane.hear = hear;
      view().draw = draw;
      return busy;
    },
    length: () => editor.text.length,
  };
});
