/** When the name beside somebody's caret shows. Draws nothing. */
import { expect, test } from "vitest";
import { Delta } from "../delta.ts";
import { Cursors, FLAG_MS, type Peer } from "./cursors.ts";

const mika: Peer = { peer: "7", device: "dd", name: "Mika", colour: "teal", anchor: 6, head: 6, typing: false };

test("a name shows while somebody types, though their text takes the caret along before it is told", () => {
  let now = 0;
  const cursors = new Cursors(() => now);
  expect(cursors.tell([mika])).toBe(true);
  now = FLAG_MS + 1;
  expect(cursors.nextFade).toBeUndefined();

  cursors.textChanged(new Delta().retain(6).insert("x"));
  expect(cursors.tell([{ ...mika, anchor: 7, head: 7, typing: true }])).toBe(true);
  expect(cursors.nextFade).toBe(now + FLAG_MS);

  now += 100;
  cursors.textChanged(new Delta().retain(7).insert("y"));
  expect(cursors.tell([{ ...mika, anchor: 8, head: 8, typing: true }])).toBe(false);
  expect(cursors.nextFade).toBe(now + FLAG_MS);
});

test("what others write elsewhere shows nobody's name again", () => {
  let now = 0;
  const cursors = new Cursors(() => now);
  cursors.tell([mika]);
  now = FLAG_MS + 1;
  cursors.textChanged(new Delta().insert("well, "));
  expect(cursors.tell([{ ...mika, anchor: 12, head: 12 }])).toBe(false);
  expect(cursors.nextFade).toBeUndefined();
});
