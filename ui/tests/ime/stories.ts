/** Input methods while others write: what was composed stands in the text, whole; what the others did is there, too; and it is one step back each. */
import { expect } from "vitest";
import { type Driver, until } from "../drive/driver.ts";
import { type Story, begin, caret, settled } from "../editor/story.ts";
import { type Recording, recordings } from "./recordings.ts";
import { step } from "./replay.ts";

/** The line that is composed in begins so. */
const BEFORE = "start ";

/** What another device does in the middle of a composition, as code with \`line\`, where the line begins in the core's text, and \`Delta\`. */
interface Disturbance {
  readonly name: string;
  readonly code: string;
  /** The text, with what was composed. */
  text(composed: string): string;
  /** What stood there of the composition was deleted on purpose: of the rest nothing stands twice. */
  readonly takes?: boolean;
  /** A sign of theirs stands somewhere in it, once. */
  readonly inside?: boolean;
}

/** The time of a fast key. */
const A_KEY_MS = 30;

/** What is written inside a composition. */
const INSIDE = "·";

const FIRST = "first line\n";
const LAST = "other\n";

const disturbances: readonly Disturbance[] = [
  { name: "nobody writes", code: "", text: (composed) => `${FIRST}${BEFORE}${composed}\n${LAST}` },
  {
    name: "somebody writes before it",
    code: `remote(new Delta().retain(line).insert("> "))`,
    text: (composed) => `${FIRST}> ${BEFORE}${composed}\n${LAST}`,
  },
  {
    name: "somebody writes after it",
    code: `remote(new Delta().retain(core.text.text().indexOf("\\n", line)).insert(" !"))`,
    text: (composed) => `${FIRST}${BEFORE}${composed} !\n${LAST}`,
  },
  {
    name: "somebody writes in lines around it",
    code: `remote(new Delta().insert("a\\n", { line: "ra" }).retain(core.text.length).insert("z\\n", { line: "rz" }))`,
    text: (composed) => `a\n${FIRST}${BEFORE}${composed}\n${LAST}z\n`,
  },
  {
    name: "somebody writes inside it",
    code: `const [first = ""] = core.text.text().slice(line + ${BEFORE.length});
      remote(new Delta().retain(line + ${BEFORE.length} + (first === "\\n" ? 0 : first.length)).insert("${INSIDE}"))`,
    text: (composed) => `${FIRST}${BEFORE}${composed}\n${LAST}`,
    inside: true,
  },
  {
    name: "somebody splits its line",
    code: `remote(new Delta().retain(line + 3).insert("\\n", { line: "rs" }))`,
    text: (composed) => `${FIRST}sta\nrt ${composed}\n${LAST}`,
  },
  {
    name: "somebody deletes its line and has not seen what is composed",
    code: `const end = core.text.text().indexOf("\\n", line);
      remote(new Delta().retain(line).delete(${BEFORE.length}).retain(end - line - ${BEFORE.length}).delete(1))`,
    text: (composed) => `${FIRST}${composed}${LAST}`,
  },
  {
    name: "somebody deletes its line with what they see of it",
    code: `remote(new Delta().retain(line).delete(core.text.text().indexOf("\\n", line) + 1 - line))`,
    text: (composed) => `${FIRST}${composed}${LAST}`,
    takes: true,
  },
  {
    name: "somebody makes its line a heading",
    code: `remote(new Delta().retain(core.text.text().indexOf("\\n", line)).retain(1, { block: "h1" }))`,
    text: (composed) => `${FIRST}${BEFORE}${composed}\n${LAST}`,
  },
];

const textOf = (driver: Driver): Promise<string> => driver.evaluate("return sheaf.core.text.text()");

async function disturb(driver: Driver, code: string): Promise<void> {
  await driver.evaluate(`
    await sheaf.a.saved();
    const { core } = sheaf;
    const Delta = sheaf.a.delta.constructor;
    const remote = (delta) => core.remote(delta);
    const line = core.text.text().indexOf(${JSON.stringify(BEFORE)});
    ${code};
    await new Promise((done) => setTimeout(done, 40));`);
}

async function composes(driver: Driver, recording: Recording, disturbance: Disturbance): Promise<void> {
  await begin(driver, "first line", BEFORE, "other");
  await caret(driver, FIRST.length + BEFORE.length);
  // In the middle of the last composition: whatever was left before is part of the text.
  const last = recording.steps.findLastIndex((one, nth) => "commit" in one && nth < recording.steps.length - 1);
  const middle = Math.floor((last + 1 + recording.steps.length - 1) / 2);
  for (const [nth, one] of recording.steps.entries()) {
    await step(driver, one);
    // A commit may come with the key that begins the next composition, a preedit only with a key of its own.
    if ("preedit" in one) await new Promise((done) => setTimeout(done, A_KEY_MS));
    if (nth === middle) await disturb(driver, disturbance.code);
  }
  const after = await composed(driver, recording, disturbance);
  await settled(driver);
  for (const one of recording.steps) if ("commit" in one) await driver.press("Control+z");
  await settled(driver);
  const taken = disturbance.text("").replace(BEFORE, disturbance.inside === true ? `${BEFORE}${INSIDE}` : BEFORE);
  expect(await textOf(driver), `${recording.name}, ${disturbance.name}, taken back`).toBe(taken);
  for (const one of recording.steps) if ("commit" in one) await driver.press("Control+Shift+z");
  await settled(driver);
  expect(await textOf(driver), `${recording.name}, ${disturbance.name}, done again`).toBe(after);
}

/** What stands in the text after a composition, which must be right. */
async function composed(driver: Driver, recording: Recording, disturbance: Disturbance): Promise<string> {
  const after = disturbance.text(recording.text);
  const title = `${recording.name}, ${disturbance.name}`;
  if (disturbance.inside === true) {
    await settled(driver);
    const text = await textOf(driver);
    expect([text.replaceAll(INSIDE, ""), text.split(INSIDE).length], title).toEqual([after, 2]);
    return text;
  }
  if (disturbance.takes !== true) {
    await until(driver, `return sheaf.core.text.text() === ${JSON.stringify(after)}`, 3000).catch(() => undefined);
    expect(await textOf(driver), title).toBe(after);
    return after;
  }
  await settled(driver);
  const text = await textOf(driver);
  expect([text.slice(0, FIRST.length), text.slice(-LAST.length)], title).toEqual([FIRST, LAST]);
  let from = 0;
  for (const sign of text.slice(FIRST.length, -LAST.length)) {
    from = recording.text.indexOf(sign, from) + 1;
    expect(from, `${title}: ${text}`).toBeGreaterThan(0);
  }
  return text;
}

export const inputMethods: Story[] = recordings.map((recording) => ({
  name: `input method: ${recording.name}`,
  run: async (driver) => {
    for (const disturbance of disturbances) await composes(driver, recording, disturbance);
  },
}));
