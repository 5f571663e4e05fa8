/** A link shows where it leads, whatever its words and its signs pretend. */
import { describe, expect, it } from "vitest";
import { disguised, leadsElsewhere, legible, revealed } from "./seen.ts";

describe("an address", () => {
  it("shows every sign that would not be seen, or would turn it around", () => {
    const shown = (address: string): string =>
      revealed(address)
        .map(({ text, hidden }) => (hidden ? `<${text}>` : text))
        .join("");
    expect(shown("https://example.org/a?b=ü")).toBe("https://example.org/a?b=ü");
    expect(shown("https://a.example/\u202Egpj.exe\u200B\u2066x\u3164\u{E0041}\u2800")).toBe(
      "https://a.example/<U+202E>gpj.exe<U+200B><U+2066>x<U+3164><U+E0041><U+2800>",
    );
  });

  it("says where it leads when it looks like leading elsewhere", () => {
    expect(disguised("https://bank.example@evil.example/")).toBe("evil.example");
    expect(disguised("https://b\u0430nk.example/")).toBe("xn--bnk-6cd.example");
    for (const plain of ["https://www.bank.example/x@y", "HTTP://Bank.example:80", "https://bank.example:8443/", "mailto:a@b.example"])
      expect(disguised(plain), plain).toBe(undefined);
  });
});

describe("words that name an address", () => {
  it("lie when the link leads to another host or person", () => {
    const evil = "https://evil.example/bank.example";
    for (const words of [
      "https://bank.example",
      "bank.example",
      "www.bank.example/login",
      "See http://bank.example.",
      "b\u200Bank.example",
    ])
      expect(leadsElsewhere(words, evil), words).toBe(true);
    for (const stop of ["\u2024", "\u3002", "\uFF0E", "\uFF61"]) expect(leadsElsewhere(`bank${stop}example`, evil), stop).toBe(true);
    expect(leadsElsewhere("ｈｔｔｐｓ：／／bank．example", evil)).toBe(true);
    expect(leadsElsewhere("evil.\u0435xample", evil)).toBe(true);
    expect(leadsElsewhere("ada@bank.example", "mailto:ada@evil.example")).toBe(true);
    expect(leadsElsewhere("bank.example", "https://bank.example.evil.example/")).toBe(true);
    expect(leadsElsewhere("bank.example", "https://bank.example@evil.example/")).toBe(true);
  });

  it("tell the truth when they say less, or nothing, of the same", () => {
    for (const words of [
      "bank.example",
      "www.bank.example",
      "https://bank.example/…",
      "our bank",
      "(bank.example)",
      "",
      "Node.js",
      "1. The bank",
      "bank\u3002example\u3002",
      "これは例です。詳しくはこちら",
    ])
      expect(leadsElsewhere(words, "https://bank.example/login"), words).toBe(false);
    expect(leadsElsewhere("Ada@Bank.example", "mailto:ada@bank.example?subject=x")).toBe(false);
  });
});

describe("a name or a title", () => {
  it("shows every sign that would not be seen, or would turn it around", () => {
    expect(legible("Ada\u202Eecila")).toBe("Ada[U+202E]ecila");
    expect(legible("\u200BAda\u2066\u{E0041}\u3164\u00AD\n")).toBe("[U+200B]Ada[U+2066][U+E0041][U+3164][U+00AD][U+000A]");
    expect(legible("A\u200Dda a\uFE0Fb")).toBe("A[U+200D]da a[U+FE0F]b");
  });

  it("stays as people write it", () => {
    const family = "\u{1F469}\u{1F3FD}\u200D\u2764\uFE0F\u200D\u{1F468}";
    const wales = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}";
    for (const plain of ["Ada Lovelace", "Žofie 日本 עדה", "می\u200Cخواهم", "श्री\u200Dमान", `${family} 1\uFE0F\u20E3 ${wales} ❤\uFE0F`])
      expect(legible(plain)).toBe(plain);
  });
});
