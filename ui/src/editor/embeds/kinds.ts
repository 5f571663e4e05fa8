/** The kinds of embeds that this build draws. What is not in this table is a card, and kept. */
import { CONTENTS, DATE, DOCUMENT, FILE, FOOTNOTE, FORMULA, IMAGE, PERSON, SOURCE } from "../../generated/schema.ts";
import type { Run } from "../lines/line.ts";
import { source } from "./card.ts";
import { contents } from "./contents.ts";
import { footnote } from "./footnote.ts";
import { formula } from "./formula.ts";
import { file, image } from "./image.ts";
import { dateNamed, documentNamed, personNamed } from "./mention.ts";
import type { EmbedKind, Embedded } from "./kind.ts";

const KINDS: Readonly<Record<string, EmbedKind>> = {
  [SOURCE]: source,
  [DOCUMENT]: documentNamed,
  [PERSON]: personNamed,
  [DATE]: dateNamed,
  [FORMULA]: formula,
  [FOOTNOTE]: footnote,
  [CONTENTS]: contents,
  [IMAGE]: image,
  [FILE]: file,
};

/** The kind of an embed and what it holds; no kind when this build does not know it, or when it is not one thing with one name. */
export function kindOf(embed: Readonly<Record<string, unknown>>): {
  readonly kind: EmbedKind | undefined;
  readonly name: string;
  readonly value: unknown;
} {
  const [name = ""] = Object.keys(embed);
  return { kind: Object.hasOwn(KINDS, name) ? KINDS[name] : undefined, name, value: embed[name] };
}

/** What stands in plain text and Markdown for an embed; U+FFFC for an unknown one. */
export function textOfEmbed(run: Run): string {
  const { kind, embedded } = embeddedIn(run);
  return kind?.text(embedded) ?? run.text;
}

/** What stands in plain HTML for an embed; undefined when it is only its text. */
export function htmlOfEmbed(run: Run): string | undefined {
  const { kind, embedded } = embeddedIn(run);
  return kind?.html?.(embedded);
}

function embeddedIn(run: Run): { readonly kind: EmbedKind | undefined; readonly embedded: Embedded } {
  const { kind, value } = kindOf(run.embed ?? {});
  return { kind, embedded: { value, attributes: run.attributes ?? {} } };
}
