/** Lexical as its own React plugin binds it to Yjs (@lexical/react's useYjsCollaboration), without React: rich text, and the binding's two listeners. */
import { registerRichText, HeadingNode, $createHeadingNode } from "@lexical/rich-text";
import { type Binding, type Provider, createBinding, syncLexicalUpdateToYjs, syncYjsChangesToLexical } from "@lexical/yjs";
import { $createParagraphNode, $createTextNode, $getRoot, type LexicalEditor, createEditor } from "lexical";
import * as Y from "yjs";
import { type Block, type Side, blocksOf, painted, run } from "./text.ts";

const nothing = (): void => undefined;
const provider: Provider = {
  awareness: {
    getLocalState: () => null,
    getStates: () => new Map(),
    off: nothing,
    on: nothing,
    setLocalState: nothing,
    setLocalStateField: nothing,
  },
  connect: nothing,
  disconnect: nothing,
  off: nothing,
  on: nothing,
};

function newEditor(): LexicalEditor {
  return createEditor({
    namespace: "bench",
    nodes: [HeadingNode],
    onError: (error) => {
      throw error;
    },
  });
}

/** Binds an editor to a document, both ways. */
function bind(editor: LexicalEditor, doc: Y.Doc): Binding {
  const binding = createBinding(editor, provider, "main", doc, new Map([["main", doc]]));
  binding.root.getSharedType().observeDeep((events, transaction) => {
    if (transaction.origin !== binding)
      syncYjsChangesToLexical(binding, provider, events as never, transaction.origin instanceof Y.UndoManager, nothing as never);
  });
  editor.registerUpdateListener(({ prevEditorState, editorState, dirtyLeaves, dirtyElements, normalizedNodes, tags }) => {
    if (!tags.has("skip-collab"))
      syncLexicalUpdateToYjs(binding, provider, prevEditorState, editorState, dirtyElements, dirtyLeaves, normalizedNodes, tags);
  });
  return binding;
}

/** The update that a document of these blocks is, written by Lexical itself. */
function updateOf(blocks: readonly Block[]): Uint8Array {
  const editor = newEditor();
  const doc = new Y.Doc();
  bind(editor, doc);
  editor.update(
    () => {
      const root = $getRoot();
      for (const { heading, text } of blocks)
        root.append((heading ? $createHeadingNode("h2") : $createParagraphNode()).append($createTextNode(text)));
    },
    { discrete: true },
  );
  return Y.encodeStateAsUpdate(doc);
}

void run((count): Side => {
  const update = updateOf(blocksOf(count));
  const doc = new Y.Doc();
  const editor = newEditor();
  let other: Y.Doc | undefined;
  const shown = (): number => document.querySelectorAll("#host p, #host h2").length;
  return {
    open: async (host) => {
      const root = document.createElement("div");
      root.contentEditable = "true";
      host.append(root);
      editor.setRootElement(root);
      registerRichText(editor);
      bind(editor, doc);
      Y.applyUpdate(doc, update);
      while (shown() < count) await new Promise((done) => setTimeout(done, 0));
    },
    isReady: () => shown() >= count,
    caretInTheMiddle: async () => {
      editor.focus();
      editor.update(
        () => {
          const block = $getRoot().getChildAtIndex(Math.floor(count / 2));
          block?.selectStart();
        },
        { discrete: true },
      );
      document.querySelectorAll("#host p, #host h2")[Math.floor(count / 2)]?.scrollIntoView({ block: "center" });
      await painted();
    },
    remote: async () => {
      if (other === undefined) {
        other = new Y.Doc();
        Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
      } else Y.applyUpdate(other, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other)));
      const root = other.get("root", Y.XmlText);
      const block = (root.toDelta() as Array<{ insert: Y.XmlText }>)[Math.floor(count / 2)]?.insert as Y.XmlText;
      let bytes: Uint8Array | undefined;
      const keep = (one: Uint8Array): void => void (bytes = one);
      other.on("update", keep);
      block.insert(6, "x");
      other.off("update", keep);
      const element = document.querySelectorAll("#host p, #host h2")[Math.floor(count / 2)] as Element;
      const before = element.textContent.length;
      const begin = performance.now();
      const drawn = new Promise<void>((done) => {
        const stop = editor.registerUpdateListener(() => {
          stop();
          done();
        });
      });
      Y.applyUpdate(doc, bytes as Uint8Array);
      await drawn;
      const took = performance.now() - begin;
      if (element.textContent.length !== before + 1) throw new Error("Lexical did not show it");
      return took;
    },
    length: () => editor.getEditorState().read(() => $getRoot().getTextContentSize()),
  };
});
