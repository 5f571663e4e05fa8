/**
 * Any editor can be a view: an unmodified Quill 2 on Sheaf's text lane (docs/lane.md). It translates between Quill's line attributes and our block
 * strings with the schema's table, keeps the books of one gapless sequence, and holds no CRDT. Quill's last newline is our sentinel: it is in
 * no view's Delta, so Quill always shows one newline more than the text has.
 */
import Quill from "quill";

import { MARKS, QUILL_CODE, QUILL_INDENT, QUILL_LINES, paragraph, parseBlock, printBlock } from "../../../../ui/src/generated/schema.ts";

const Delta = Quill.import("delta");
const CONFIRM_EVERY = 32;
const CARD = "sheaf-card";
const OBJECT = "\uFFFC";
/** How Quill says code without a language; `true` comes from its toolbar. */
const NO_LANGUAGE = "plain";
/** Quill's own limit. */
const DEEPEST = 8;

/** An embed that Quill has no word for: a card, kept as it is. */
class Card extends Quill.import("blots/embed") {
  static blotName = CARD;
  static className = CARD;
  static tagName = "SPAN";
  static create(value) {
    const node = super.create(value);
    node.dataset.embed = JSON.stringify(value);
    node.textContent = Object.keys(value)[0];
    return node;
  }
  static value(node) {
    return JSON.parse(node.dataset.embed);
  }
}
Quill.register(Card);

/** Quill knows pictures; a picture in Sheaf is an embed of the same name. */
const quillEmbed = (embed) => ("image" in embed ? { image: embed.image } : { [CARD]: embed });
const sheafEmbed = (embed) => embed[CARD] ?? embed;

/** A block string as Quill's attributes; what Quill has no word for is shown plain, and kept. */
function quillLine(text) {
  const block = parseBlock(text);
  if (block.kind === "code") return { [QUILL_CODE]: block.language ?? NO_LANGUAGE };
  const indent = block.indent > 0 ? { [QUILL_INDENT]: Math.min(block.indent, DEEPEST) } : {};
  const row = QUILL_LINES.find((row) => {
    const known = parseBlock(row.block);
    return known.kind === block.kind && known.done === block.done && (known.kind !== "p" || block.quote > 0);
  });
  return row ? { ...indent, [row.name]: row.value } : indent;
}

/** The block string of a line that was `before`, now that Quill says `attributes` of it. What Quill cannot say stays. */
function sheafBlock(before, attributes) {
  const old = parseBlock(before);
  const row = QUILL_LINES.find(({ name, value }) => attributes[name] === value || (name === QUILL_CODE && attributes[name]));
  const block = { ...(row ? parseBlock(row.block) : paragraph()), indent: Number(attributes[QUILL_INDENT] ?? 0), unknown: old.unknown };
  const language = String(attributes[QUILL_CODE]);
  if (block.kind === "code") block.language = [NO_LANGUAGE, "true"].includes(language) ? null : language;
  return printBlock(block.kind === old.kind ? { ...old, kind: block.kind, done: block.done, indent: block.indent, quote: block.quote, language: block.language } : block);
}

const marksOf = (attributes) => Object.fromEntries(Object.entries(attributes ?? {}).filter(([name]) => MARKS.some((mark) => mark.name === name)));

/** A whole text as Quill shows it. Its code holds characters alone: there an embed is one, too. */
export function shown(text) {
  const all = new Delta();
  const end = text.length();
  text.eachLine((line, { block }) => {
    const isCode = parseBlock(block).kind === "code";
    for (const { insert, attributes } of line.ops) {
      if (typeof insert !== "string" && !isCode) all.insert(quillEmbed(insert), marksOf(attributes));
      else all.insert(typeof insert === "string" ? insert : OBJECT, isCode ? {} : marksOf(attributes));
    }
    if (all.length() < end) all.insert("\n", quillLine(block));
  });
  return all.insert("\n");
}

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => (byte % 36).toString(36)).join("");

/** What a person did in Quill, as Sheaf's Delta over `text`. */
function heard(change, text) {
  const mine = new Delta();
  const end = text.length();
  const newline = (attributes) => {
    const block = sheafBlock(null, attributes);
    mine.insert("\n", block === null ? { line: newId() } : { line: newId(), block });
  };
  let at = 0;
  for (const op of change.ops) {
    const attributes = op.attributes ?? {};
    if (typeof op.insert === "string") {
      // The character that stood for an embed in code says nothing of it: what was deleted there, Quill cannot bring back.
      for (const part of op.insert.replaceAll(OBJECT, "").split(/(\n)/)) part === "\n" ? newline(attributes) : mine.insert(part, marksOf(attributes));
    } else if (op.insert !== undefined) {
      mine.insert(sheafEmbed(op.insert), marksOf(attributes));
    } else if (op.delete !== undefined) {
      mine.delete(Math.max(0, Math.min(op.delete, end - at)));
      at += op.delete;
    } else if (op.attributes === undefined) {
      mine.retain(Math.min(op.retain, end - at));
      at += op.retain;
    } else {
      for (const piece of text.slice(at, at + op.retain).ops) {
        for (const part of typeof piece.insert === "string" ? piece.insert.split(/(\n)/) : [OBJECT]) {
          const before = piece.attributes?.block ?? null;
          const block = part === "\n" ? sheafBlock(before, { ...quillLine(before), ...attributes }) : before;
          mine.retain(part.length, part === "\n" ? (block === before ? undefined : { block }) : marksOf(attributes));
        }
      }
      at += op.retain;
      // Our sentinel takes no kind: the line gets a newline of its own.
      if (at > end && sheafBlock(null, attributes) !== null) newline(attributes);
    }
  }
  return mine.chop();
}

/** Which characters come and go, exactly where: Quill's undo moves along, and a difference between two texts would leave that open. */
function characters(show) {
  const plain = new Delta();
  for (const op of show.ops) {
    if (op.insert !== undefined) plain.insert(typeof op.insert === "string" ? op.insert : OBJECT);
    else if (op.delete !== undefined) plain.delete(op.delete);
    else plain.retain(op.retain);
  }
  return plain.chop();
}

/** One Quill as a view of one document. */
export class QuillView {
  troubles = [];
  #underWay = null;
  #pending = null;
  #number = 0;
  #early = new Map();

  static async open(wire, document, quill) {
    const view = new QuillView();
    Object.assign(view, { wire, document, quill, view: newId() });
    wire.hear((told) => told.view === view.view && view.#hear(told));
    const opened = await wire.ask("open", { document, view: view.view });
    view.version = opened.version;
    view.text = new Delta(opened.delta.ops);
    view.#draw();
    quill.on("text-change", (change, _before, source) => source === "user" && view.#typed(change));
    view.#book();
    return view;
  }

  get isSaved() {
    return this.#underWay === null && this.#pending === null;
  }

  #typed(change) {
    const mine = heard(change, this.text);
    this.text = this.text.compose(mine);
    this.#pending = this.#pending?.compose(mine) ?? mine;
    this.#draw();
    this.#send();
  }

  #send() {
    if (this.#underWay !== null || this.#pending === null) return;
    [this.#underWay, this.#pending] = [this.#pending, null];
    const { wire, document, view, version } = this;
    const push = { document, view, number: ++this.#number, version, delta: { ops: this.#underWay.ops } };
    wire.ask("push", push).catch((error) => this.troubles.push(`push: ${error.message}`));
  }

  #hear(told) {
    if (told.event === "reset") this.troubles.push(`reset: ${told.reason}`);
    if (told.event !== "show" && told.event !== "saved") return;
    this.#early.set(told.version, told);
    if (this.text) this.#book();
  }

  /** Items are booked strictly in order. Mine goes left and mine wins. */
  #book() {
    for (let told; (told = this.#early.get(this.version + 1)); this.#early.delete(told.version)) {
      this.version = told.version;
      if (told.event === "saved") this.#underWay = null;
      else this.#show(new Delta(told.delta.ops));
      if (this.version % CONFIRM_EVERY === 0) void this.wire.ask("confirm", { document: this.document, view: this.view, version: this.version });
    }
    this.#draw();
    this.#send();
  }

  #show(show) {
    for (const name of ["underWay", "pending"]) {
      const mine = name === "underWay" ? this.#underWay : this.#pending;
      if (mine === null) continue;
      const past = show.transform(mine, false);
      show = mine.transform(show, true);
      if (name === "underWay") this.#underWay = past;
      else this.#pending = past;
    }
    this.text = this.text.compose(show);
    this.quill.updateContents(characters(show), "api");
  }

  /** Quill shows the text, and nothing else. Which characters came and went it knows already; here it learns what they look like. */
  #draw() {
    const now = this.quill.getContents();
    const change = now.diff(shown(this.text));
    if (change.ops.length > 0) this.quill.updateContents(change, "api");
  }
}
