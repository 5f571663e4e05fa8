/** Finds the tokens of a piece of code. Runs in a worker; grammars are loaded when their language is first met. */
import { createLowlight } from "lowlight";
import { kindOf, type Token, type TokenKind } from "./tokens.ts";

type Grammar = Parameters<ReturnType<typeof createLowlight>["register"]>[1];

/** One chunk each, so that whoever writes Rust never loads PHP. */
const GRAMMARS: Readonly<Record<string, () => Promise<{ default: Grammar }>>> = {
  bash: () => import("highlight.js/lib/languages/bash"),
  c: () => import("highlight.js/lib/languages/c"),
  csharp: () => import("highlight.js/lib/languages/csharp"),
  cpp: () => import("highlight.js/lib/languages/cpp"),
  css: () => import("highlight.js/lib/languages/css"),
  diff: () => import("highlight.js/lib/languages/diff"),
  dockerfile: () => import("highlight.js/lib/languages/dockerfile"),
  go: () => import("highlight.js/lib/languages/go"),
  graphql: () => import("highlight.js/lib/languages/graphql"),
  xml: () => import("highlight.js/lib/languages/xml"),
  ini: () => import("highlight.js/lib/languages/ini"),
  java: () => import("highlight.js/lib/languages/java"),
  javascript: () => import("highlight.js/lib/languages/javascript"),
  json: () => import("highlight.js/lib/languages/json"),
  kotlin: () => import("highlight.js/lib/languages/kotlin"),
  latex: () => import("highlight.js/lib/languages/latex"),
  math: () => import("highlight.js/lib/languages/latex"),
  lua: () => import("highlight.js/lib/languages/lua"),
  makefile: () => import("highlight.js/lib/languages/makefile"),
  markdown: () => import("highlight.js/lib/languages/markdown"),
  perl: () => import("highlight.js/lib/languages/perl"),
  php: () => import("highlight.js/lib/languages/php"),
  python: () => import("highlight.js/lib/languages/python"),
  r: () => import("highlight.js/lib/languages/r"),
  ruby: () => import("highlight.js/lib/languages/ruby"),
  rust: () => import("highlight.js/lib/languages/rust"),
  scss: () => import("highlight.js/lib/languages/scss"),
  sql: () => import("highlight.js/lib/languages/sql"),
  swift: () => import("highlight.js/lib/languages/swift"),
  typescript: () => import("highlight.js/lib/languages/typescript"),
  yaml: () => import("highlight.js/lib/languages/yaml"),
};

const lowlight = createLowlight();

/** The tokens of each line of `lines`, which are one piece of code in the language with this id. An unknown language has none. */
export async function tokenise(language: string, lines: readonly string[]): Promise<Token[][]> {
  const grammar = GRAMMARS[language];
  if (grammar === undefined) return lines.map(() => []);
  if (!lowlight.registered(language)) lowlight.register(language, (await grammar()).default);
  const found: Token[][] = [[]];
  let column = 0;
  const walk = (nodes: readonly unknown[], kind: TokenKind | undefined): void => {
    for (const node of nodes as readonly { type: string; value?: string; children?: unknown[]; properties?: { className?: string[] } }[]) {
      if (node.type !== "text") {
        walk(node.children ?? [], kindOf((node.properties?.className ?? []).join(".")) ?? kind);
        continue;
      }
      for (const [nth, words] of (node.value ?? "").split("\n").entries()) {
        if (nth > 0) {
          found.push([]);
          column = 0;
        }
        if (kind !== undefined && words !== "") found.at(-1)?.push({ from: column, to: column + words.length, kind });
        column += words.length;
      }
    }
  };
  walk(lowlight.highlight(language, lines.join("\n")).children, undefined);
  return found;
}
