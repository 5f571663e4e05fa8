/**
 * The ProseMirror schema: a flat list of lines. A line's kind is an attribute, never a node type, so that turning, nesting and moving change
 * attributes and leave words where they are. Marks are the attributes of characters; whatever this build does not know rides along in `other`.
 */
import { type Attrs, type DOMOutputSpec, type Mark, type MarkSpec, type NodeSpec, Schema } from "prosemirror-model";
import { type Attributes, type Scalar } from "../delta.ts";
import { safeUrl } from "../links/url.ts";

const line: NodeSpec = {
  content: "inline*",
  attrs: { id: { default: "" }, block: { default: "" } },
  defining: false,
  // Only the clipboard's own path writes these; a page draws lines through LineView.
  toDOM: (): DOMOutputSpec => ["p", 0],
  parseDOM: [{ tag: "p" }],
};

const embed: NodeSpec = {
  inline: true,
  group: "inline",
  atom: true,
  selectable: true,
  draggable: false,
  attrs: { value: {} },
  toDOM: (): DOMOutputSpec => ["span", { class: "embed" }],
  leafText: () => "\uFFFC",
};

const softBreak: NodeSpec = {
  inline: true,
  group: "inline",
  selectable: false,
  toDOM: (): DOMOutputSpec => ["br", { class: "soft" }],
  parseDOM: [{ tag: "br.soft" }],
  leafText: () => "\u2028",
};

function plainMark(tag: string, ...also: string[]): MarkSpec {
  return { toDOM: (): DOMOutputSpec => [tag, 0], parseDOM: [tag, ...also].map((name) => ({ tag: name })) };
}

const marks: Record<string, MarkSpec> = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    toDOM: (mark): DOMOutputSpec => {
      const href = safeUrl(String(mark.attrs["href"]));
      return href === undefined
        ? ["span", { class: "link unsafe" }, 0]
        : ["a", { href, class: "link", rel: "noopener noreferrer nofollow", draggable: "false" }, 0];
    },
    parseDOM: [
      {
        tag: "a[href]",
        getAttrs: (dom): Attrs | false => {
          const href = safeUrl(dom.getAttribute("href") ?? "");
          return href === undefined ? false : { href };
        },
      },
    ],
  },
  background: {
    attrs: { colour: {} },
    toDOM: (mark): DOMOutputSpec => ["mark", { "data-pen": String(mark.attrs["colour"]) }, 0],
    parseDOM: [{ tag: "mark", getAttrs: (dom): Attrs => ({ colour: dom.getAttribute("data-pen") ?? "yellow" }) }],
  },
  underline: plainMark("u"),
  bold: plainMark("strong", "b"),
  italic: plainMark("em", "i"),
  strike: plainMark("s", "del", "strike"),
  code: { ...plainMark("code"), code: true },
  other: {
    attrs: { key: {}, value: {} },
    inclusive: false,
    excludes: "",
    toDOM: (mark): DOMOutputSpec => ["span", { "data-other": String(mark.attrs["key"]) }, 0],
  },
};

/** The one schema. */
export const schema = new Schema({
  nodes: { doc: { content: "line+" }, line, text: { group: "inline" }, embed, softBreak },
  marks,
});

/** Marks that are simply there or not; their attribute is `true`. */
export const PLAIN_MARKS = ["bold", "italic", "underline", "strike", "code"] as const;

/** One of the marks that are simply there or not. */
export type PlainMark = (typeof PLAIN_MARKS)[number];

/** The marks that draw these attributes. */
export function marksOf(attributes: Attributes | undefined): readonly Mark[] {
  if (attributes === undefined) return [];
  const result: Mark[] = [];
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null) result.push(markOf(key, value));
  }
  return result.length > 1 ? result.sort((a, b) => (a.type.name === b.type.name ? compareKeys(a, b) : rank(a) - rank(b))) : result;
}

/** The mark that draws one attribute. */
export function markOf(key: string, value: Scalar): Mark {
  if (value === true && (PLAIN_MARKS as readonly string[]).includes(key)) return schema.mark(key);
  if (key === "link" && typeof value === "string") return schema.mark("link", { href: value });
  if (key === "background" && typeof value === "string") return schema.mark("background", { colour: value });
  return schema.mark("other", { key, value });
}

/** The attributes that these marks draw. */
export function attributesOf(marks: readonly Mark[]): Attributes | undefined {
  if (marks.length === 0) return undefined;
  const result: Record<string, Scalar> = {};
  for (const mark of marks) {
    const [key, value] = attributeOf(mark);
    result[key] = value;
  }
  return result;
}

/** The one attribute that this mark draws. */
export function attributeOf(mark: Mark): [key: string, value: Scalar] {
  if (mark.type.name === "link") return ["link", mark.attrs["href"] as Scalar];
  if (mark.type.name === "background") return ["background", mark.attrs["colour"] as Scalar];
  if (mark.type.name === "other") return [String(mark.attrs["key"]), mark.attrs["value"] as Scalar];
  return [mark.type.name, true];
}

const ranks = new Map(Object.keys(marks).map((name, index) => [name, index]));

function rank(mark: Mark): number {
  return ranks.get(mark.type.name) ?? 0;
}

function compareKeys(a: Mark, b: Mark): number {
  return String(a.attrs["key"]) < String(b.attrs["key"]) ? -1 : 1;
}
