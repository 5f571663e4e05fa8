/** Who edits is told once they have begun, at most every twenty seconds, and all in one. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { de } from "../../messages/de.ts";
import { en } from "../../messages/en.ts";
import { EditingTold } from "./editing.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What was told, and after how many seconds. */
function telling(): { told: EditingTold; heard: [number, string][] } {
  const heard: [number, string][] = [];
  const began = Date.now();
  const told = new EditingTold((names) => heard.push([(Date.now() - began) / 1000, names.join(", ")]));
  return { told, heard };
}

it("tells those who begin together in one", () => {
  const { told, heard } = telling();
  told.heard(["Mika"]);
  told.heard([]);
  told.heard(["Ana"]);
  vi.advanceTimersByTime(5000);
  expect(heard).toEqual([[1, "Ana, Mika"]]);
});

it("tells a busy document every twenty seconds, with everybody who came meanwhile", () => {
  const { told, heard } = telling();
  told.heard(["Ben"]);
  for (let second = 2; second <= 40; second++) {
    vi.advanceTimersByTime(1000);
    told.heard(second === 9 ? ["Ana", "Ben"] : ["Ben"]);
  }
  vi.advanceTimersByTime(2000);
  expect(heard).toEqual([
    [1, "Ben"],
    [21, "Ana, Ben"],
    [41, "Ben"],
  ]);
});

it("says nothing when nobody edits, and is quiet until somebody does", () => {
  const { told, heard } = telling();
  told.heard([]);
  vi.advanceTimersByTime(60_000);
  expect(heard).toEqual([]);
  told.heard(["Ben"]);
  vi.advanceTimersByTime(2000);
  told.heard([]);
  vi.advanceTimersByTime(200_000);
  expect(heard).toEqual([
    [61, "Ben"],
    [81, ""],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

it("ends with its document", () => {
  const { told, heard } = telling();
  told.heard(["Ben"]);
  told.stop();
  vi.advanceTimersByTime(60_000);
  expect(heard).toEqual([]);
});

it("has words for one, for two and for many", () => {
  const all = [["Ben"], ["Ana", "Mika"], ["Ana", "Ben", "Mika"]];
  expect(all.map(en.presence.editing)).toEqual(["Ben is editing", "Ana and Mika are editing", "3 people are editing"]);
  expect(all.map(de.presence.editing)).toEqual([
    "Ben bearbeitet den Text",
    "Ana und Mika bearbeiten den Text",
    "3 Personen bearbeiten den Text",
  ]);
});
