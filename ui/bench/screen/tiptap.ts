/** Tiptap as it is set up for writing together: the starter kit without its own history, and the collaboration extension on y-tiptap. */
import { Editor } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import StarterKit from "@tiptap/starter-kit";
import * as Y from "yjs";
import { type Side, blocksOf, painted, run } from "./text.ts";

void run((count): Side => {
  const made = new Y.Doc();
  const nodes = blocksOf(count).map(({ heading, text }) => {
    const node = new Y.XmlElement(heading ? "heading" : "paragraph");
    if (heading) node.setAttribute("level", 2 as unknown as string);
    node.insert(0, [new Y.XmlText(text)]);
    return node;
  });
  made.getXmlFragment("default").insert(0, nodes);
  const update = Y.encodeStateAsUpdate(made);
  made.destroy();
  const doc = new Y.Doc();
  let editor: Editor;
  let other: Y.Doc | undefined;
  return {
    open: async (host) => {
      Y.applyUpdate(doc, update);
      editor = new Editor({
        element: host,
        extensions: [StarterKit.configure({ undoRedo: false }), Collaboration.configure({ document: doc })],
      });
      while (host.querySelectorAll("p, h2").length < count) await new Promise((done) => setTimeout(done, 0));
    },
    isReady: () => document.querySelectorAll("#host p, #host h2").length >= count,
    caretInTheMiddle: async () => {
      let at = 6;
      for (let i = 0; i < Math.floor(count / 2); i++) at += editor.state.doc.child(i).nodeSize;
      editor.commands.focus(at, { scrollIntoView: true });
      await painted();
    },
    remote: async () => {
      if (other === undefined) {
        other = new Y.Doc();
        Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
      } else Y.applyUpdate(other, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other)));
      let bytes: Uint8Array | undefined;
      const keep = (one: Uint8Array): void => void (bytes = one);
      other.on("update", keep);
      ((other.getXmlFragment("default").get(Math.floor(count / 2)) as Y.XmlElement).get(0) as Y.XmlText).insert(5, "x");
      other.off("update", keep);
      const { size } = editor.state.doc.content;
      const begin = performance.now();
      Y.applyUpdate(doc, bytes as Uint8Array);
      const took = performance.now() - begin;
      if (editor.state.doc.content.size !== size + 1) throw new Error("Tiptap did not show it");
      return took;
    },
    length: () => editor.state.doc.content.size,
  };
});
