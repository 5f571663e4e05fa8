/** Differences between two wordings, as a reader sees them. */
import { describe, expect, it } from "vitest";

import { differences } from "./differences.ts";

/** The pieces on one line, those that only this wording has in brackets. */
const shown = (text: string, other: string): string =>
  differences(text, other)
    .map((piece) => (piece.own ? `[${piece.text}]` : piece.text))
    .join("");

describe("differences", () => {
  it("marks the words that only one wording has", () => {
    expect(shown("the quick brown fox", "the brown fox")).toBe("the [quick ]brown fox");
    expect(shown("the brown fox", "the quick brown fox")).toBe("the brown fox");
    expect(shown("Today: borrow it", "borrow it later")).toBe("[Today: ]borrow it");
    expect(shown("Borrow the red cart", "Borrow the blue cart today")).toBe("Borrow the [red] cart");
  });

  it("keeps every character", () => {
    for (const text of ["", " ", " two  spaces ", "a\u{2028}b", "\u{fffc}\u{fffc} picture", "𝄞 é"]) {
      expect(
        differences(text, "a b c")
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
    }
  });

  it("is quick however long they are", () => {
    const long = (word: string): string => Array.from({ length: 20_000 }, (_, n) => `${word}${n}`).join(" ");
    expect(shown(`same ${long("a")}`, `same ${long("b")}`)).toMatch(/^same \[a0/);
  });
});
