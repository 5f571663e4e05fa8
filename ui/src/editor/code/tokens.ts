/** What stretches of code are. Plain data, so that a worker can hand it over. */

/** The kinds that have a colour of their own. */
export const TOKEN_KINDS = ["keyword", "string", "number", "comment", "title", "type", "name", "meta", "inserted", "deleted"] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** A stretch of a line, in UTF-16 units. */
export interface Token {
  readonly from: number;
  readonly to: number;
  readonly kind: TokenKind;
}

/** highlight.js's scopes by our kinds. What is not here has the colour of the text. */
const KINDS: Readonly<Record<string, TokenKind>> = {
  keyword: "keyword",
  tag: "keyword",
  "selector-tag": "keyword",
  literal: "number",
  number: "number",
  symbol: "number",
  string: "string",
  regexp: "string",
  char: "string",
  link: "string",
  comment: "comment",
  quote: "comment",
  doctag: "comment",
  title: "title",
  section: "title",
  "selector-class": "title",
  "selector-id": "title",
  type: "type",
  built_in: "type",
  attr: "name",
  attribute: "name",
  property: "name",
  variable: "name",
  "template-variable": "name",
  bullet: "name",
  meta: "meta",
  addition: "inserted",
  deletion: "deleted",
};

/** The kind of a scope like `hljs-title.function_`; undefined for one without a colour. */
export function kindOf(scope: string): TokenKind | undefined {
  const name = scope.replace(/^hljs-/, "").split(".")[0] ?? "";
  return KINDS[name];
}

/** Tokens of a line after it was edited: what stands before and behind the edit stays, until somebody looks anew. */
export function carried(tokens: readonly Token[], before: string, after: string): Token[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before.charCodeAt(head) === after.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < most - head && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail++;
  const grown = after.length - before.length;
  const end = before.length - tail;
  const move = (at: number): number => (at <= head ? at : at >= end ? at + grown : Math.min(at, after.length - tail));
  return tokens.map((token) => ({ ...token, from: move(token.from), to: token.to < head ? token.to : move(Math.max(token.to, end)) }));
}
