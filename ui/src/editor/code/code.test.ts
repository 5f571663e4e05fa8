/** Code is read in its language, line by line; every language that is offered has a grammar. Needs no worker and no page. */
import { describe, expect, it } from "vitest";
import { LANGUAGES, languageNamed } from "./languages.ts";
import { tokenise } from "./tokenise.ts";
import { carried } from "./tokens.ts";

const said = (line: string, tokens: readonly { from: number; to: number; kind: string }[]): string =>
  tokens.map(({ from, to, kind }) => `${kind}:${line.slice(from, to)}`).join(" ");

describe("code", () => {
  it("is read line by line, also where a comment goes on", async () => {
    const lines = ['fn main() { let x = "a𝄞"; } // one', "/* two", "three */ return 4"];
    const tokens = await tokenise("rust", lines);
    expect(tokens).toHaveLength(3);
    expect(said(lines[0] ?? "", tokens[0] ?? [])).toBe('keyword:fn title:main keyword:let name:x string:"a𝄞" comment:// one');
    expect(said(lines[1] ?? "", tokens[1] ?? [])).toBe("comment:/* two");
    expect(said(lines[2] ?? "", tokens[2] ?? [])).toBe("comment:three */ keyword:return number:4");
  });

  it("has a grammar for every language that is offered, and none for others", async () => {
    for (const { id } of LANGUAGES) expect(await tokenise(id, ["x"]), id).toHaveLength(1);
    expect(await tokenise("klingon", ["a", "b"])).toEqual([[], []]);
    expect([languageNamed("RS")?.id, languageNamed("html")?.id, languageNamed("klingon")]).toEqual(["rust", "xml", undefined]);
    const names = LANGUAGES.flatMap((language) => [language.id, ...language.also]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("keeps the colours beside an edit until it is read anew", () => {
    const tokens = [
      { from: 0, to: 2, kind: "keyword" },
      { from: 8, to: 11, kind: "string" },
    ] as const;
    const [before, after] = ['fn x = "a"', 'fn xyz = "a"'];
    expect(carried(tokens, before, after)).toEqual([
      { from: 0, to: 2, kind: "keyword" },
      { from: 10, to: 13, kind: "string" },
    ]);
    for (const [one, other] of [
      ["", "abc"],
      ["abc", ""],
      ["aaaa", "aa"],
      ["aa", "aaaa"],
    ] as const)
      for (const token of carried([{ from: 0, to: one.length, kind: "name" }], one, other))
        expect(token.to).toBeLessThanOrEqual(other.length);
  });
});
