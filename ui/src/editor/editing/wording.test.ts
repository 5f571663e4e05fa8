/** A wording that somebody chooses takes the place of the line as it is, by the smallest change, and can be undone. */
import { describe, expect, it } from "vitest";

import { Delta } from "../delta.ts";
import { Lines } from "../lines/lines.ts";
import { Page } from "../page/page.ts";
import { type Wording, useWording } from "./wording.ts";

const wording = (words: string, block: string | null = null): Wording => ({
  delta: { ops: words === "" ? [] : [{ insert: words }] },
  block,
});

/** A page of three lines, and what was done to it. */
function page(): { page: Page; done: Delta[] } {
  const body = new Delta().insert("Heron").insert("\n", { line: "a" });
  body.insert("Ada’s Ben’s Crane").insert("\n", { line: "b", block: "h1" }).insert("Stork").insert("\n", { line: "c" });
  const done: Delta[] = [];
  const nothing = (): void => undefined;
  const made = new Page(
    Lines.from(body),
    { changing: nothing, edited: ({ delta }) => done.push(delta), drawn: nothing, changed: nothing, trouble: nothing },
    () => "fresh",
    [],
  );
  made.editable = true;
  return { page: made, done };
}

const shown = (of: Page): string =>
  [...of.lines.between()].map((line) => (line.block === "" ? line.text : `${line.block}:${line.text}`)).join("|");

describe("useWording", () => {
  it("changes only what is another", () => {
    const { page: text, done } = page();
    expect(useWording(text, "b", "a", wording("Ada’s Crane", "h2"))).toBe(true);
    expect(shown(text)).toBe("Heron|h2:Ada’s Crane|Stork|");
    expect(done[0]?.ops).toEqual([{ retain: 12 }, { delete: 6 }, { retain: 5 }, { retain: 1, attributes: { block: "h2" } }]);
    expect(useWording(text, "b", "a", wording("Ada’s Crane", "h2"))).toBe(false);
  });

  it("makes a plain paragraph and an empty line", () => {
    const { page: text } = page();
    useWording(text, "b", "a", wording(""));
    expect(shown(text)).toBe("Heron||Stork|");
  });

  it("takes a line out, and puts it back where it was", () => {
    const { page: text } = page();
    expect(useWording(text, "b", "a", null)).toBe(true);
    expect(shown(text)).toBe("Heron|Stork|");
    expect(useWording(text, "b", "a", null)).toBe(false);
    expect(useWording(text, "b", "a", wording("Crane", "h1"))).toBe(true);
    expect(shown(text)).toBe("Heron|h1:Crane|Stork|");
    useWording(text, "gone", null, wording("First"));
    useWording(text, "lost", "nowhere", wording("Last"));
    expect(shown(text)).toBe("First|Heron|h1:Crane|Stork|Last|");
  });

  it("knows the words behind the last newline", () => {
    const { page: text } = page();
    useWording(text, "end", "c", wording("Tail"));
    expect(shown(text)).toBe("Heron|h1:Ada’s Ben’s Crane|Stork|Tail|");
  });
});
