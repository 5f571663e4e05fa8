/** What is found in one line, and what it becomes. */
import { describe, expect, it } from "vitest";
import { type Query, hitsIn, patternOf, replacementFor } from "./query.ts";

const PLAIN: Query = { text: "", matchCase: false, wholeWord: false, regex: false };

function found(text: string, query: Partial<Query>): string[] {
  const whole = { ...PLAIN, ...query };
  return hitsIn(text, patternOf(whole), whole).map(({ from, to }) => text.slice(from, to));
}

function replaced(text: string, query: Partial<Query>, words: string): string {
  const whole = { ...PLAIN, ...query };
  let result = text;
  for (const hit of hitsIn(text, patternOf(whole), whole).reverse())
    result = result.slice(0, hit.from) + replacementFor(words, hit) + result.slice(hit.to);
  return result;
}

describe("a query", () => {
  it("folds case as Unicode does, unless the case counts", () => {
    expect(found("Rye rye RYE", { text: "rye" })).toEqual(["Rye", "rye", "RYE"]);
    expect(found("Rye rye RYE", { text: "rye", matchCase: true })).toEqual(["rye"]);
    expect(found("ÄRGER Ärger ЖУК жук ΣΊΣΥΦΟΣ", { text: "ärger" })).toEqual(["ÄRGER", "Ärger"]);
    expect(found("ЖУК жук", { text: "Жук" })).toEqual(["ЖУК", "жук"]);
    expect(found("ΣΊΣΥΦΟΣ σίσυφος", { text: "σίσυφος" })).toEqual(["ΣΊΣΥΦΟΣ", "σίσυφος"]);
  });

  it("takes what is written as it is written, and any space for a space", () => {
    expect(found("a.c abc (a+)+$ [x]", { text: "a.c" })).toEqual(["a.c"]);
    expect(found("a.c abc (a+)+$ [x]", { text: "(a+)+$" })).toEqual(["(a+)+$"]);
    expect(found("a/b-c\\d", { text: "/b-c\\d" })).toEqual(["/b-c\\d"]);
    expect(found("10 km, 10\u00a0km", { text: "10 km" })).toEqual(["10 km", "10\u00a0km"]);
  });

  it("knows where words end in every script", () => {
    expect(found("Ärger Verärgerung ärger", { text: "ärger", wholeWord: true })).toEqual(["Ärger", "ärger"]);
    expect(found("жук жуки", { text: "жук", wholeWord: true })).toEqual(["жук"]);
    expect(found("a1 a a_b (a) e\u0301", { text: "a", wholeWord: true })).toEqual(["a", "a"]);
    expect(found("e\u0301 e", { text: "e", wholeWord: true }), "a letter with its accent is not the letter").toEqual(["e"]);
    expect(found("𝒜b b", { text: "b", wholeWord: true }), "a letter beyond the first plane is one").toEqual(["b"]);
    expect(found("c++ c++x", { text: "c++", wholeWord: true })).toEqual(["c++", "c++"]);
  });

  it("never finds half a surrogate pair", () => {
    expect(found("😀😁", { text: "\ud83d" })).toEqual([]);
    expect(found("😀😁", { text: ".", regex: true })).toEqual(["😀", "😁"]);
    expect(found("x😀x", { text: "😀" })).toEqual(["😀"]);
  });

  it("finds nothing empty and nothing that holds an embed", () => {
    expect(found("baab", { text: "a*", regex: true })).toEqual(["aa"]);
    expect(found("left\nright", { text: ".+", regex: true })).toEqual(["left", "right"]);
    expect(found("left\nright", { text: "t[^x]r", regex: true })).toEqual([]);
  });

  it("says when an expression is none", () => {
    for (const text of ["(", "[a", "a**", "\\"]) expect(() => patternOf({ ...PLAIN, text, regex: true }), text).toThrow(SyntaxError);
    expect(() => patternOf({ ...PLAIN, text: "(" })).not.toThrow();
  });

  it("puts in what the groups caught, and a dollar only where one is meant", () => {
    const regex = { text: "(?<first>\\w+) (\\w+)", regex: true };
    expect(replaced("Ada Ben", regex, "$2 $1")).toBe("Ben Ada");
    expect(replaced("Ada Ben", regex, "$<first>, $&, $$1, $3, $<no>, $12")).toBe("Ada, Ada Ben, $1, $3, $<no>, Ada2");
    expect(replaced("(a)|(b) b", { text: "(a)|(b)", regex: true }, "<$1$2>"), "a group that caught nothing is empty").toBe(
      "(<a>)|(<b>) <b>",
    );
    expect(replaced("costs", { text: "costs" }, "$1 $&"), "plain words are put in as they are").toBe("$1 $&");
  });
});
