/** The history says what happened, also where it cannot know it. */
import { expect, it } from "vitest";

import { speak } from "../../messages/index.ts";
import type { AccessEvent } from "../../model/access.ts";
import { sentenceOf, whyOf } from "./sentence.ts";

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
  said: null,
  stood_on: [],
});

it("names who did it and to whom", () => {
  expect(sentenceOf(event("removed", "Ben"))).toBe("Ada removed Ben");
  expect(sentenceOf(event("removed"))).toBe("Ada removed somebody");
});

it("does not make up what a newer version did", () => {
  expect(sentenceOf(event("constructor"))).toBe("Ada did something that this version does not know");
});

it("says in the reader's language why something was refused, and in English what only the core has words for", () => {
  const told = { code: "event_role_too_small", role: "view", needs: "admin" };
  const refused: AccessEvent = { ...event("removed", "Ben"), standing: "refused", why: "this needs the role", said: told };
  speak("de");
  expect(whyOf(refused)).toBe("Die Person konnte nur lesen; das kann nur, wer hier verwalten kann.");
  expect(whyOf({ ...refused, said: { code: "of_a_newer_core" } })).toBe("this needs the role");
  speak("en");
  expect(whyOf(refused)).toBe("They could only read, and this takes somebody who can manage.");
  expect(whyOf(event("removed"))).toBe(null);
});
