/**
 * Hands that write at random, the same for Quill and for our editor: words that exist once, formats, kinds of lines, splits, joins, deletions.
 * They note what they wrote and what they deleted, so that somebody can say afterwards whether anything was lost.
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

/** Every word ends with a space, and everything begins where a word or a line begins: nobody tears a word. */
const places = (text) => [0, ...Array.from(text.matchAll(/[ \n]/g), (found) => found.index + 1)];
const words = (text) => Array.from(text.matchAll(/[^ \n]+ /g), (found) => ({ at: found.index, word: found[0].trim(), length: found[0].length }));

/** `moves` are an editor's own: text, insert, split, join, mark, kind, remove. Answers what was written and deleted. */
function hand(moves) {
  const wrote = [];
  const deleted = [];
  return async (name, seed, times) => {
    const chance = chanceOf(seed);
    for (let time = 0; time < times; time += 1) {
      const text = moves.text();
      const dice = chance.below(100);
      const found = words(text);
      if (dice < 48 || found.length < 3) {
        const word = `${name}${wrote.length}`;
        moves.insert(chance.one(places(text)), `${word} `);
        wrote.push(word);
      } else if (dice < 58) moves.split(chance.one(places(text)));
      else if (dice < 63 && text.includes("\n")) moves.join(chance.one(Array.from(text.matchAll(/\n/g), (newline) => newline.index)));
      else if (dice < 78) {
        const first = chance.one(found);
        moves.mark(first.at, first.length * (1 + chance.below(3)), chance.below(6));
      } else if (dice < 92) moves.kind(chance.one(found).at, chance.below(9));
      else {
        const gone = chance.one(found);
        moves.remove(gone.at, gone.length);
        deleted.push(gone.word);
      }
      await new Promise((done) => setTimeout(done, chance.below(12)));
    }
    return { wrote, deleted };
  };
}

/** Through Quill's public interface, as its user. */
export function quillHand(quill) {
  const marks = [["bold", true], ["italic", true], ["underline", true], ["strike", true], ["code", true], ["link", "https://example.org/"]];
  const kinds = [["header", 1], ["header", 3], ["header", false], ["list", "bullet"], ["list", "ordered"], ["list", "unchecked"], ["blockquote", true], ["code-block", true], ["indent", "+1"]];
  return hand({
    // Without the last newline, which is not of the text.
    text: () => quill.getText().slice(0, -1),
    insert: (at, text) => quill.insertText(at, text, "user"),
    split: (at) => quill.insertText(at, "\n", "user"),
    join: (at) => quill.deleteText(at, 1, "user"),
    mark: (at, length, nth) => quill.formatText(at, Math.min(length, quill.getLength() - 1 - at), ...marks[nth], "user"),
    kind: (at, nth) => quill.formatLine(at, 1, ...kinds[nth], "user"),
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
    text: () => editor.text,
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
  });
}
