/** The two Yjs bindings as they come, each behind the smallest view they accept, so that all sides are measured without a DOM. */
import { Schema } from "prosemirror-model";
import { EditorState, type Plugin, type Transaction } from "prosemirror-state";
import { ySyncPlugin as tiptapSync } from "@tiptap/y-tiptap";
import { ySyncPlugin } from "y-prosemirror";
import * as Y from "yjs";

const schema = new Schema({
  nodes: { doc: { content: "paragraph+" }, paragraph: { content: "text*", toDOM: () => ["p", 0] }, text: {} },
});

/** One side of the comparison. */
export interface Side {
  readonly name: string;
  /** A keystroke from elsewhere, received to dispatched, in milliseconds. */
  remote(): number;
  /** A keystroke of my own, dispatched to handed on, in milliseconds. */
  local(): number;
}

/** A binding with a document of so many paragraphs. */
export async function yjsSide(name: "y-prosemirror" | "y-tiptap", paragraphs: readonly string[]): Promise<Side> {
  const doc = new Y.Doc();
  const fragment = doc.getXmlFragment("body");
  doc.transact(() => {
    const nodes = paragraphs.map((text) => {
      const node = new Y.XmlElement("paragraph");
      node.insert(0, [new Y.XmlText(text)]);
      return node;
    });
    fragment.insert(0, nodes);
  });
  const peer = new Y.Doc();
  Y.applyUpdate(peer, Y.encodeStateAsUpdate(doc));
  const plugin = (name === "y-tiptap" ? tiptapSync(fragment) : ySyncPlugin(fragment)) as Plugin;
  let state = EditorState.create({ schema, plugins: [plugin] });
  let pluginView: { update?(view: unknown, before: EditorState): void } = {};
  const view = {
    get state(): EditorState {
      return state;
    },
    composing: false,
    isDestroyed: false,
    _root: { getSelection: (): null => null, createRange: (): null => null },
    hasFocus: (): boolean => false,
    dispatch(tr: Transaction): void {
      const before = state;
      state = state.apply(tr);
      pluginView.update?.(view, before);
    },
    updateState(next: EditorState): void {
      state = next;
    },
  };
  pluginView = plugin.spec.view?.(view as never) as typeof pluginView;
  await new Promise((done) => setTimeout(done, 200));
  if (state.doc.childCount !== paragraphs.length) throw new Error(`${name} shows ${state.doc.childCount} paragraphs`);
  let sent = 0;
  doc.on("update", (update: Uint8Array) => (sent += update.length));
  let turn = 0;
  const middle = (): number => Math.floor(paragraphs.length / 2) + (turn++ % 5);
  return {
    name,
    remote: () => {
      const at = middle();
      let update: Uint8Array | undefined;
      const keep = (bytes: Uint8Array): void => void (update = bytes);
      peer.on("update", keep);
      ((peer.getXmlFragment("body").get(at) as Y.XmlElement).get(0) as Y.XmlText).insert(5, "x");
      peer.off("update", keep);
      const before = performance.now();
      Y.applyUpdate(doc, update!);
      return performance.now() - before;
    },
    local: () => {
      let position = 3;
      for (let i = middle(); i > 0; i--) position += state.doc.child(i).nodeSize;
      const tr = state.tr.insertText("y", position);
      const before = performance.now();
      view.dispatch(tr);
      const took = performance.now() - before;
      if (sent === 0) throw new Error(`${name} sent nothing`);
      Y.applyUpdate(peer, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(peer)));
      return took;
    },
  };
}
