/** The history says what happened, also where it cannot know it. */
import { expect, it } from "vitest";

import type { AccessEvent } from "../../model/access.ts";
import { sentenceOf } from "./sentence.ts";

const event = (what: string, about = ""): AccessEvent => ({
  id: "e",
  at: 0,
  by: "Ada",
  device: "d",
  what,
  about,
  role: null,
  standing: "counts",
  why: null,
  stood_on: [],
});

it("names who did it and to whom", () => {
  expect(sentenceOf(event("removed", "Ben"))).toBe("Ada removed Ben");
  expect(sentenceOf(event("removed"))).toBe("Ada removed somebody");
});

it("does not make up what a newer version did", () => {
  expect(sentenceOf(event("constructor"))).toBe("Ada did something that this version does not know");
});
