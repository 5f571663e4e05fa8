/** What is said of a device: how much waits for it, since when it was not seen, and why. */
import { describe, expect, it } from "vitest";

import { speak } from "../messages/index.ts";
import type { DeviceStatus } from "./core.ts";
import { held } from "./held.ts";

const NOW = Date.UTC(2026, 10, 30);
const DAY = 86_400_000;
const person = { device: "j", member: "m", person: "Jo", colour: "teal", mine: false };
const jo: DeviceStatus = { ...person, state: "unreachable", behind: 0, last_seen: NOW - DAY };

describe("what is said of a device", () => {
  it("says how many edits wait for whoever is away, and since when", () => {
    expect(held({ ...jo, behind: 14 }, NOW)).toBe("14 edits waiting, last seen yesterday");
    expect(held({ ...jo, behind: 1, last_seen: null }, NOW)).toBe("1 edit waiting, not seen yet");
    expect(held(jo, NOW)).toBe("Not reachable, last seen yesterday");
  });

  it("says of whoever is here and has not told yet that they have not, as the command line does", () => {
    expect(held({ ...jo, state: "waiting" }, NOW)).toBe("Has not said yet what it has");
  });

  it("says it in the language in use", () => {
    speak("de");
    expect(held({ ...jo, behind: 14 }, NOW)).toBe("14 Änderungen warten, zuletzt gesehen gestern");
    expect(held({ ...jo, behind: 1, reason: "no answer", said: { code: "no_answer" } }, NOW)).toBe(
      "1 Änderung wartet, zuletzt gesehen gestern. Wo es zuletzt war, antwortet niemand.",
    );
    speak("en");
  });

  it("says why in every state that has a reason, after all the facts", () => {
    const twice = { reason: "a profile is in use twice", said: { code: "profile_twice" } };
    const words = "This profile is in use twice: two computers work with one device’s key.";
    expect(held({ ...jo, ...twice, state: "has_all", receipt_at: NOW }, NOW, "direct, 3 ms")).toBe(
      `Has everything, confirmed just now · direct, 3 ms. ${words}`,
    );
    expect(held({ ...jo, ...twice, state: "behind", behind: 2 }, NOW)).toBe(`2 edits not yet there. ${words}`);
    expect(held({ ...jo, reason: "something new", said: { code: "not_known_here" } }, NOW)).toBe(
      "Not reachable, last seen yesterday. something new",
    );
    expect(held({ ...jo, state: "refused", reason: "r", said: { code: "we_are_out" } }, NOW)).toBe(
      "Refused: This device was removed, or has left.",
    );
  });
});
