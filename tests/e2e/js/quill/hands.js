/**
 * Hands that write at random, the same for Quill and for our editor: words and embeds that exist once, formats, kinds of lines, splits, joins,
 * deletions, undo and redo. They note what they wrote, what went and what came back, so that somebody can say afterwards whether anything was lost.
 */

/** mulberry32 */
function chanceOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { below: (n) => Math.floor(next() * n), one: (list) => list[Math.floor(next() * list.length)] };
}

/** A text as characters, embeds as one each. */
const plain = (ops) => ops.map(({ insert }) => (typeof insert === "string" ? insert : "\uFFFC")).join("");

/** Every word ends with a space, and everything begins where a word or a line begins: nobody tears a word. */
const places = (text) => [0, ...Array.from(text.matchAll(/[ \n]/g), (found) => found.index + 1)];
const words = (text) => Array.from(text.matchAll(/[^ \n]+ /g), (found) => ({ at: found.index, word: found[0].trim(), length: found[0].length }));

/** What an embed of a hand's is called: it counts as a word. */
const nameOf = (embed) => String(Object.values(embed)[0]).replace(/^data:,/, "");

/** All words of a text, embeds among them. */
export const wordsOf = (ops) => ops.map(({ insert }) => (typeof insert === "string" ? insert : nameOf(insert))).join("").split(/[ \n]+/).filter(Boolean);

/**
 * `moves` are an editor's own: ops, text, insert, embed, split, join, mark, kind, remove, and undo and redo where its undo is exact. An editor whose
 * code holds no embeds takes them away when their line becomes code. Answers what was written, what went, what came back.
 */
function hand(moves) {
  const [wrote, deleted, restored] = [[], [], []];
  /** A move that may take words away, and bring some back. */
  const changing = (move) => {
    const before = new Set(wordsOf(moves.ops()));
    move();
    const after = new Set(wordsOf(moves.ops()));
    deleted.push(...[...before].filter((word) => !after.has(word)));
    restored.push(...[...after].filter((word) => !before.has(word)));
  };
  const shaping = (move) => (moves.codeTakesEmbeds ? changing(move) : move());
  const act = async (name, seed, times) => {
    const chance = chanceOf(seed);
    for (let time = 0; time < times; time += 1) {
      const text = moves.text();
      const dice = chance.below(100);
      const found = words(text);
      if (dice < 48 || found.length < 3) {
        const word = `${name}${wrote.length}`;
        const at = chance.one(places(text));
        // An embed has a space behind it, as every word.
        if (dice < 4) moves.embed(at, word);
        else if (moves.blurs?.(text, at)) continue;
        else moves.insert(at, `${word} `);
        wrote.push(word);
      } else if (dice < 58) moves.split(chance.one(places(text)));
      else if (dice < 63 && text.includes("\n")) shaping(() => moves.join(chance.one(Array.from(text.matchAll(/\n/g), (newline) => newline.index))));
      else if (dice < 76) {
        const first = chance.one(found);
        moves.mark(first.at, first.length * (1 + chance.below(3)), chance.below(6));
      } else if (dice < 88) shaping(() => moves.kind(chance.one(found).at, chance.below(9)));
      else if (dice < 95 || !moves.undo) {
        const gone = chance.one(found);
        changing(() => moves.remove(gone.at, gone.length));
      } else if (dice < 98) changing(moves.undo);
      else changing(moves.redo);
      await new Promise((done) => setTimeout(done, chance.below(12)));
    }
    return { wrote, deleted, restored };
  };
  return Object.assign(act, { moves });
}

const holdsEmbed = (line) => line.delta().ops.some(({ insert }) => typeof insert !== "string");

/** Through Quill's public interface, as its user. */
export function quillHand(quill, view) {
  const marks = [["bold", true], ["italic", true], ["underline", true], ["strike", true], ["code", true], ["link", "https://example.org/"]];
  const kinds = [["header", 1], ["header", 3], ["header", false], ["list", "bullet"], ["list", "ordered"], ["list", "unchecked"], ["blockquote", true], ["code-block", true], ["indent", "+1"]];
  return hand({
    codeTakesEmbeds: true,
    // Of what is written behind an embed and its space, Quill says that the space came with it and the old one stands behind. Whoever takes the embed
    // and its space away meanwhile takes the one that is left.
    blurs: (text, at) => text[at - 2] === "\uFFFC",
    ops: () => view.text.ops,
    // Without the last newline, which is not of the text.
    text: () => plain(quill.getContents().ops).slice(0, -1),
    insert: (at, text) => quill.insertText(at, text, "user"),
    embed: (at, name) => {
      if (quill.getFormat(at)["code-block"]) return quill.insertText(at, `${name} `, "user");
      quill.updateContents([{ retain: at }, { insert: { image: `data:,${name}` } }, { insert: " " }].slice(at === 0 ? 1 : 0), "user");
    },
    split: (at) => quill.insertText(at, "\n", "user"),
    join: (at) => quill.deleteText(at, 1, "user"),
    mark: (at, length, nth) => quill.formatText(at, Math.min(length, quill.getLength() - 1 - at), ...marks[nth], "user"),
    // Quill's code holds no embeds: it would delete them.
    kind: (at, nth) => quill.formatLine(at, 1, ...kinds[kinds[nth][0] === "code-block" && holdsEmbed(quill.getLine(at)[0]) ? 0 : nth], "user"),
    remove: (at, length) => quill.deleteText(at, length, "user"),
  });
}

/** Through our editor's commands, and keys where there is no command. */
export function ourHand(editor) {
  const marks = ["bold", "italic", "underline", "strike", "code", "highlight"];
  const kinds = ["heading1", "heading3", "paragraph", "bulletList", "numberedList", "taskList", "quote", "codeBlock", "indent"];
  const select = (anchor, head = anchor) => {
    editor.focus();
    editor.select({ anchor, head });
  };
  const press = (key) => document.querySelector(".sheaf-editor").dispatchEvent(new KeyboardEvent("keydown", { key, code: key, bubbles: true, cancelable: true }));
  return hand({
    ops: () => editor.delta.ops,
    text: () => editor.text,
    // As Sheaf's own pages put it on the clipboard. Into code only its words can be pasted.
    embed: (at, name) => {
      select(at);
      if (editor.state.kind === "code") return document.execCommand("insertText", false, `${name} `);
      const data = new DataTransfer();
      const holder = document.createElement("div");
      holder.dataset.sheaf = JSON.stringify({ ops: [{ insert: { source: name } }, { insert: " " }] });
      data.setData("text/html", holder.outerHTML);
      document.querySelector(".sheaf-editor").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    },
    insert: (at, text) => {
      select(at);
      document.execCommand("insertText", false, text);
    },
    split: (at) => {
      select(at);
      press("Enter");
    },
    join: (at) => {
      select(at, at + 1);
      press("Backspace");
    },
    mark: (at, length, nth) => {
      select(at, Math.min(at + length, editor.text.length));
      editor.run(marks[nth]);
    },
    kind: (at, nth) => {
      select(at);
      editor.run(kinds[nth]);
    },
    remove: (at, length) => {
      select(at, at + length);
      press("Backspace");
    },
    undo: () => editor.run("undo"),
    redo: () => editor.run("redo"),
  });
}
