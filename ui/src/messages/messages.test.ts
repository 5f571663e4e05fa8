/** Every language says everything that English says, in its own words, with all that it is told, and with every form that its numbers need. */
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { Refusal } from "../editor/lane/wire.ts";
import { reason } from "../model/core.ts";
import { de } from "./de.ts";
import { en, type Messages } from "./en.ts";
import { speak, spoken } from "./index.ts";
import { type languages, ofSystem, regional, speaking } from "./speaking.ts";

const catalogues: Readonly<Record<keyof typeof languages, Messages>> = { en, de };
const others = Object.entries(catalogues).filter(([language]) => language !== "en");

/** What reads the same in German because it is the same: names, signs, words that both languages have. */
const THE_SAME = new Set([
  "appName",
  "document.source",
  "format.blocks.p",
  "format.code",
  "format.link",
  "join.placeholder",
  "status.offline",
  "shortcuts.does.mod+e",
  "shortcuts.does.mod+k",
  "shortcuts.does.mod+alt+0",
  "library.widths.normal",
  "review.kinds.code",
  "review.kinds.p",
]);
/** Sentences made of numbers, names and signs alone. */
const ONLY_FORMATS = new Set([
  "counts.number",
  "details.number",
  "details.storedCount",
  "names",
  "members.changed",
  "settings.zoomed",
  "attachments.inText.attachmentProblem",
  "attachments.inText.attachmentSize",
  "details.number",
  "details.storedCount",
  "names",
  "statistics.number",
  "statistics.size",
]);

/** These belong to one language alone: what Intl says of it, and what its own words find. */
const OF_ONE_LANGUAGE = /^(categories|format\.blocksAlso)(\.|$)/u;

type Sentence = string | ((...told: unknown[]) => string);

function sentences(catalogue: object, path = ""): [string, Sentence][] {
  return Object.entries(catalogue).flatMap(([key, value]: [string, unknown]): [string, Sentence][] => {
    if (typeof value === "string" || typeof value === "function") return [[path + key, value as Sentence]];
    return typeof value === "object" && value !== null ? sentences(value, `${path}${key}.`) : [];
  });
}

const shared = (catalogue: Messages): Map<string, Sentence> => new Map(sentences(catalogue).filter(([key]) => !OF_ONE_LANGUAGE.test(key)));

/** The names of what a sentence is told, and what it does with them. */
function parts(sentence: (...told: unknown[]) => string): { told: string[]; body: string } {
  const [, told = "", body = ""] = /^\(?([^)=]*?)\)?\s*=>\s*([\s\S]*)$/u.exec(sentence.toString()) ?? [];
  const names = told.split(",").map((name) => (name.split(":").pop() ?? "").replace(/[{}\s]/gu, ""));
  return { told: names.filter((name) => name !== ""), body };
}

/** What a sentence says of these; null if it is not told such things. */
function said(sentence: Sentence | undefined, told: unknown): string | null {
  if (typeof sentence !== "function") return sentence ?? null;
  try {
    return sentence(told, told, told);
  } catch {
    return null;
  }
}

const SAMPLES: unknown[] = [0, 1, 3, "Ada", [], ["Ada"], ["Ada", "Ben"], ["Ada", "Ben", "Cleo"], { stranger: 2 }];

describe.each(others)("the catalogue in %s", (language, catalogue) => {
  const spoken = shared(catalogue);

  it("has every key of English and no other", () => {
    expect([...spoken.keys()].sort()).toEqual([...shared(en).keys()].sort());
  });

  it("says nothing in English", () => {
    const english = shared(en);
    const same = [...spoken].filter(([key, sentence]) => {
      const pairs = SAMPLES.map((told) => [said(sentence, told), said(english.get(key), told)]);
      return pairs.every(([mine, theirs]) => mine === theirs);
    });
    expect(same.map(([key]) => key).filter((key) => !THE_SAME.has(key) && !ONLY_FORMATS.has(key))).toEqual([]);
  });

  it("uses everything that a sentence is told", () => {
    const english = shared(en);
    for (const [key, sentence] of spoken) {
      if (typeof sentence !== "function") continue;
      const { told, body } = parts(sentence);
      const original = english.get(key);
      expect(sentence.length, `${key} is told as much as in English`).toBe(typeof original === "function" ? original.length : 0);
      for (const name of told) expect(body, `${key} says what it is told`).toMatch(new RegExp(`\\b${name}\\b`, "u"));
    }
  });

  it("writes its own quotation marks and dashes, and claims nothing that no receipt proves", () => {
    for (const [key, sentence] of sentences(catalogue)) {
      if (key.startsWith("welcome.")) continue;
      for (const words of SAMPLES.map((told) => said(sentence, told) ?? "")) {
        expect(words, key).not.toMatch(/["']|\.\.\.| - |[Ss]ync(hron|ed)/u);
        if (language === "de") expect(words.replace(/„[^„“]*“/gu, ""), key).not.toMatch(/[„“”‘’]/u);
      }
    }
  });
});

describe("what the core says", () => {
  const list = readFileSync(new URL("../../../crates/sentence/src/lib.rs", import.meta.url), "utf8");
  const codes = [...list.matchAll(/^ {4}\w+ = "(\w+)" \{/gmu)].map(([, code]) => code ?? "");

  // The compiler says the same of every catalogue, by way of the generated list; this says it of the list's source.
  it.each(Object.entries(catalogues))("has a sentence in %s for every code, and for no other", (_, { core }) => {
    expect(codes.length).toBeGreaterThan(80);
    expect(Object.keys(core).sort()).toEqual([...codes].sort());
  });

  it("is said in the language in use, with the sentence within the sentence", () => {
    const said = { code: "doctor_not_linked", person: "Ana", device: "0707", why: { code: "no_answer" } };
    speak("de");
    expect(spoken(said, "english")).toBe("Ana (0707) ist nicht verbunden. Wo es zuletzt war, antwortet niemand.");
    speak("en");
    expect(spoken(said, "english")).toBe("Ana (0707) is not connected. Nobody answers where it was last.");
    expect(reason(new Refusal("not_saved", "english", { code: "not_saved", why: { code: "disk_full" } }))).toBe(
      "Not saved yet. The disk is full. Make room; Sheaf tries again by itself.",
    );
    speak("system");
  });

  it("is said in English where the core is newer than the page, or says nothing of a code", () => {
    for (const said of [{ code: "of_tomorrow" }, { code: "constructor" }, {}, null, undefined, "text"])
      expect(spoken(said, "as the core says it")).toBe("as the core says it");
  });
});

describe("numbers in every language", () => {
  it.each(Object.entries(catalogues))("have all the forms of %s", (language, catalogue) => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    expect([...catalogue.categories].sort()).toEqual([...pluralCategories].sort());
  });

  it("take the form that Intl says, in languages with more than two as well", () => {
    // Polish stands for the languages to come: `speaking` takes its categories as it takes ours.
    const { form } = speaking("pl" as "de", ["one", "few", "many", "other"]);
    expect([1, 2, 5, 22, 25, 1.5].map((n) => form(n, "osoba", "osoby", "osób", "osoby"))).toEqual([
      "osoba",
      "osoby",
      "osób",
      "osoby",
      "osób",
      "osoby",
    ]);
  });

  it("are written as the language writes them", () => {
    expect(de.document.words(1)).toBe("1 Wort");
    expect(de.document.words(12_345)).toBe("12.345 Wörter");
    expect(de.document.selectedWords(1, 200)).toBe("1 von 200 Wörtern");
    expect(de.status.getting("Ana", 400_000, 1_250_000)).toBe("Die erste Kopie kommt von Ana, 400 KB von 1,3 MB");
    expect(en.status.getting("Ana", 400_000, 1_200_000)).toBe("Getting the first copy from Ana, 400 KB of 1.2 MB");
    expect(de.status.edits(1)).toBe("1 Änderung wartet");
    expect(de.status.edits(3)).toBe("3 Änderungen warten");
    expect(de.presence.writing(["Ana"])).toBe("Ana schreibt");
    expect(de.presence.writing(["Ana", "Mika"])).toBe("Ana und Mika schreiben");
    expect(de.review.summary(1, ["Ben"])).toBe("Ein Absatz wurde von dir und von Ben geändert, während ihr getrennt wart");
    expect(de.rescued.explain(2)).toContain("2 Textstücke von dir");
    expect(de.details.time(1500, null)).toBe("im Mittel 1,5 s");
  });
});

describe("the system's language", () => {
  it("is the first that the page speaks, and English if there is none", () => {
    expect(ofSystem(["fr-FR", "de-AT", "en"])).toBe("de");
    expect(ofSystem(["en-GB", "de"])).toBe("en");
    expect(ofSystem(["ja"])).toBe("en");
    expect(ofSystem([])).toBe("en");
  });

  it("brings the region with it", () => {
    expect(regional("de", ["en-GB", "de-AT"])).toBe("de-AT");
    expect(regional("de", ["en-GB"])).toBe("de");
  });
});
