/**
 * What a screen looked like when somebody last said that it is right: pictures in tests/e2e/baselines, compared as Playwright compares its own.
 *
 * A picture is taken when nothing moves any more. What differs by more than the edges of letters is kept in tests/e2e/artefacts, as it is and with what
 * differs in red; SHEAF_BASELINES=accept takes what is seen as right.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const BASELINES = resolve(import.meta.dirname, "../../baselines");
const ARTEFACTS = resolve(import.meta.dirname, "../../artefacts");
const ACCEPTED = process.env["SHEAF_BASELINES"] === "accept";

/** Playwright's comparator. Not among what it promises to keep: its version is pinned in package-lock.json. */
const compare = createRequire(import.meta.url)("playwright-core/lib/coreBundle").utils.getComparator("image/png");

/** How much of a picture may differ: less than the words on one button. What the comparator takes for smoothed edges does not count. */
const MOST = { threshold: 0.1, maxDiffPixels: 60 };

/** How long a screen may take to rest, on a machine that does much else. */
const RESTS_WITHIN_MS = 30_000;

/** The fonts that the page brings along. Without them letters are those of this machine, and no picture fits. */
const FONTS = ["Inter Variable", "Source Serif 4 Variable", "JetBrains Mono Variable"];

/** Which of its fonts the page did not get. */
export async function fontsMissing(page) {
  return await page.evaluate(async (fonts) => {
    const loaded = await Promise.all(fonts.map((font) => document.fonts.load(`16px "${font}"`).catch(() => [])));
    return fonts.filter((_, index) => loaded[index].length === 0);
  }, FONTS);
}

/** Compares what the page shows with how it looked. Answers what is wrong, or nothing. */
export async function differs(page, name) {
  const [now, at] = [await resting(page), join(BASELINES, `${name}.png`)];
  if (ACCEPTED) {
    mkdirSync(BASELINES, { recursive: true });
    // A picture that fits stays as it is: nothing changes in git that has not changed on the screen.
    if (!existsSync(at) || compare(now, readFileSync(at), MOST) !== null) writeFileSync(at, now);
    return [];
  }
  const how = "If it is right as it is now: SHEAF_BASELINES=accept, and commit tests/e2e/baselines.";
  const found = existsSync(at) ? compare(now, readFileSync(at), MOST) : { errorMessage: "nobody has said yet how it should look" };
  if (found === null) return [];
  mkdirSync(ARTEFACTS, { recursive: true });
  writeFileSync(join(ARTEFACTS, `${name}-is.png`), now);
  if (found.diff) writeFileSync(join(ARTEFACTS, `${name}-differs.png`), found.diff);
  return [`${name}: ${found.errorMessage.trim()}; see tests/e2e/artefacts/${name}-*.png. ${how}`];
}

/** The page, twice the same. */
async function resting(page) {
  const took = () => page.screenshot({ animations: "disabled", caret: "hide", scale: "css" });
  const late = performance.now() + RESTS_WITHIN_MS;
  for (let last = await took(); ; ) {
    const next = await took();
    if (next.equals(last)) return next;
    if (performance.now() > late) throw new Error("the screen does not come to rest");
    last = next;
  }
}
