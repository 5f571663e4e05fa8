/** The status line says what a receipt proves, and no more. */
import { describe, expect, it } from "vitest";

import type { DeviceStatus, DocumentStatus } from "../../model/core.ts";
import { statusWords } from "./words.ts";

const device = (person: string, state: DeviceStatus["state"], behind = 0): DeviceStatus => ({
  device: person,
  member: person,
  person,
  colour: "teal",
  mine: person === "Me",
  state,
  behind,
  last_seen: 1,
});
const document = (...devices: DeviceStatus[]): DocumentStatus => ({ document: "d", title: "t", saved: true, devices });

describe("the status line", () => {
  it("speaks of the disk alone while nobody else is a member", () => {
    expect(statusWords(document(device("Me", "has_all")), null, false)).toMatchObject({ here: "Saved on this device", others: null });
  });

  it("names the people whose receipt covers everything", () => {
    expect(statusWords(document(device("Ana", "has_all"), device("Mika", "has_all")), null, false).others).toBe(
      "Up to date with Ana and Mika",
    );
  });

  it("counts a person as up to date when one of their devices is", () => {
    const facts = document({ ...device("Ana", "behind", 3), device: "laptop" }, { ...device("Ana", "has_all"), device: "desk" });
    expect(statusWords(facts, null, false).others).toBe("Up to date with Ana");
  });

  it("takes two people of one name for two", () => {
    const anna = { ...device("Anna", "has_all"), member: "m1", device: "d1" };
    const away = { ...device("Anna", "unreachable", 14), member: "m2", device: "d2" };
    expect(statusWords(document(anna, away), null, false).others).toBe("Up to date with 1 of 2 people");
    // From a core that does not say whose a device is.
    const unsaid = [anna, away].map((one) => ({ ...one, member: null }));
    expect(statusWords(document(...unsaid), null, false).others).toBe("Up to date with 1 of 2 people");
  });

  it("calls whoever has no name yet somebody, and each of them one", () => {
    const nameless = (id: string): DeviceStatus => ({ ...device("", "has_all"), member: id, device: id });
    expect(statusWords(document(nameless("m1")), null, false).others).toBe("Up to date with Somebody");
    const facts = document(nameless("m1"), { ...nameless("m2"), state: "unreachable" });
    expect(statusWords(facts, null, false).others).toBe("Up to date with 1 of 2 people");
  });

  it("says nothing of the others to whoever was removed or has left", () => {
    for (const state of ["removed", "left"] as const) {
      expect(statusWords({ ...document(device("Ana", "has_all")), state }, null, false)).toMatchObject({
        here: "Saved on this device",
        others: null,
      });
    }
  });

  it("never claims somebody who is behind", () => {
    expect(statusWords(document(device("Ana", "has_all"), device("Jo", "unreachable", 14)), null, false)).toMatchObject({
      others: "Up to date with 1 of 2 people",
      beside: "14 edits waiting",
    });
    expect(statusWords(document(device("Jo", "unreachable", 14)), null, false)).toMatchObject({
      others: "Nobody else is online",
      beside: "14 edits waiting",
    });
  });

  it("counts what waits by the device of theirs that lacks least of those that ever said what they have", () => {
    const jo = [14, 0, 1].map((behind, at) => ({ ...device("Jo", "unreachable", behind), device: String(at) }));
    expect(statusWords(document(...jo), null, false).beside).toBe("1 edit waiting");
    expect(statusWords(document(device("Jo", "unreachable")), null, false)).not.toHaveProperty("beside");
  });

  it("does not count what is just on its way to somebody who is here", () => {
    const facts = statusWords(document(device("Ana", "has_all"), device("Ben", "behind", 2)), null, false);
    expect(facts).toMatchObject({ others: "Up to date with 1 of 2 people" });
    expect(facts).not.toHaveProperty("beside");
  });

  it("says what is on its way while it catches up, and not of every key", () => {
    const facts = (ahead: number): DocumentStatus => document({ ...device("Ana", "behind", 3), ahead });
    expect(statusWords(facts(214), null, false)).toMatchObject({ others: "Getting 214 changes from Ana…", tone: "working" });
    expect(statusWords(facts(2), null, false).others).toBe("Sending to Ana…");
  });

  it("says why when the disk refuses", () => {
    const failed = { ...document(device("Ana", "has_all")), saved: false, unsaved_reason: "the disk is full" };
    expect(statusWords(failed, null, false)).toEqual({ here: "Not saved: the disk is full", others: null, tone: "failed" });
  });

  it("calls nothing saved before the first copy is here", () => {
    const joined = { ...document(device("Ana", "unreachable")), state: "waiting" as const };
    expect(statusWords(joined, null, false)).toMatchObject({ here: "Waiting for the first copy from Ana", others: null });
    const coming = { ...joined, transfer: { from: "fcf3f30c", person: "Ana", bytes: 400_000, total: 1_200_000 } };
    expect(statusWords(coming, null, false).here).toBe("Getting the first copy from Ana, 400 KB of 1.2 MB");
  });

  it("calls nobody offline who asks no relay and whose only colleague has closed the lid", () => {
    for (const profile of ["direct", "local"] as const) {
      const network = { profile, running: true, offline_since: 1 };
      const away = document(device("Ana", "unreachable", 2));
      expect(statusWords(away, network, false)).toMatchObject({ others: "Nobody else is online", beside: "2 edits waiting" });
      const whole = statusWords(document(device("Ana", "has_all")), network, false);
      expect(whole).toMatchObject({ others: "Nobody else is online", beside: "Up to date with Ana" });
    }
  });

  it("is calm when the network is away", () => {
    const network = { profile: "anywhere" as const, running: true, offline_since: 1 };
    expect(statusWords(document(device("Ana", "behind", 3)), network, false)).toMatchObject({
      others: "Offline",
      beside: "3 edits waiting",
      tone: "calm",
    });
  });

  it("says that the network is away to whoever has nothing waiting, too", () => {
    const network = { profile: "anywhere" as const, running: true, offline_since: 1 };
    expect(statusWords(document(device("Ana", "has_all"), device("Ben", "has_all")), network, false)).toMatchObject({
      others: "Offline",
      beside: "Up to date with Ana and Ben",
      tone: "calm",
    });
    const coming = { ...device("Ben", "behind"), ahead: 214 };
    expect(statusWords(document(coming), network, false)).toEqual({
      here: "Saved on this device",
      others: "Offline",
      tone: "calm",
    });
  });
});
