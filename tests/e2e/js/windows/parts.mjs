/** A story in parts that build on one another, in order. When one fails, those behind it are skipped, not failed one by one. */
import { after, test } from "node:test";

/** A part may take so long: a window in a busy machine takes its time to start. */
const LONG_MS = 240_000;

/** Tells the parts of a story; when it is over, its people close their windows and leave nothing behind. */
export function parts(...people) {
  after(async () => {
    for (const person of people) await person.closes().catch(() => {});
    for (const person of people) person.forgets();
  });
  let broken = false;
  return function part(name, happens) {
    test(name, { timeout: LONG_MS }, async (t) => {
      if (broken) return t.skip("an earlier part failed");
      broken = true;
      await happens();
      broken = false;
    });
  };
}
