/** What the stories of the editor's suite are told with. */
import { expect } from "vitest";
import { type Driver, until } from "../drive/driver.ts";

interface Op {
  readonly insert: string | Record<string, unknown>;
  readonly attributes?: Record<string, unknown>;
}

/** One story. */
export interface Story {
  readonly name: string;
  run(driver: Driver): Promise<void>;
}

/** Begins with these lines: `h1: words`, or plain words. */
export async function begin(driver: Driver, ...lines: string[]): Promise<void> {
  const ops = lines.flatMap((line, index) => {
    const [, block, text] = /^(?:(\w[\w=. ]*): )?(.*)$/s.exec(line) ?? [];
    const attributes = block === undefined ? { line: `id${index}` } : { line: `id${index}`, block };
    return [...(text === "" ? [] : [{ insert: text }]), { insert: "\n", attributes }];
  });
  await driver.evaluate(`
    await sheaf.set(${JSON.stringify(ops)});
    sheaf.events.length = 0; sheaf.opened.length = 0;
    sheaf.a.closeSlash(); sheaf.a.focus();
    sheaf.a.select({ anchor: 0, head: 0 });`);
}

/** Puts the caret, or a selection, somewhere. */
export async function caret(driver: Driver, anchor: number, head = anchor): Promise<void> {
  await driver.evaluate(
    `sheaf.a.focus(); sheaf.a.select({ anchor: ${anchor}, head: ${head} }); await new Promise((d) => setTimeout(d, 30));`,
  );
}

/** The text as lines: kind, then words with their marks in braces. */
export async function text(driver: Driver): Promise<string[]> {
  const ops = await driver.evaluate<Op[]>("await new Promise((d) => setTimeout(d, 60)); return sheaf.a.delta.ops;");
  const lines: string[] = [];
  let now = "";
  for (const { insert, attributes } of ops) {
    if (typeof insert !== "string") {
      const [kind = "", value] = Object.entries(insert)[0] ?? [];
      now += kind === "formula" ? `<formula ${String(value)}>` : `<${kind}>`;
      continue;
    }
    const { line: _line, block, ...marks } = attributes ?? {};
    for (const [nth, part] of insert.split("\n").entries()) {
      if (nth > 0) {
        lines.push(typeof block === "string" ? `${block}: ${now}` : now);
        now = "";
      }
      const keys = Object.entries(marks).map(([key, value]) => (value === true ? key : `${key}=${String(value)}`));
      keys.sort();
      if (part !== "") now += keys.length === 0 ? part : `{${keys.join(" ")} ${part}}`;
    }
  }
  return now === "" ? lines : [...lines, now];
}

/** Both windows show the text, and it is the core's. */
export async function settled(driver: Driver): Promise<void> {
  await until(driver, "return sheaf.a.state.saved && sheaf.b.text === sheaf.a.text && sheaf.core.text.text() === sheaf.a.text");
  expect(await driver.evaluate("return [sheaf.a.verify(), sheaf.b.verify()]")).toEqual([true, true]);
  expect(await driver.evaluate("return sheaf.events.filter((e) => e.name === 'trouble')")).toEqual([]);
}

/** The ids of the lines, in order. */
export const ids = (driver: Driver): Promise<string[]> =>
  driver.evaluate("return sheaf.a.delta.ops.filter((o) => o.insert === '\\n').map((o) => o.attributes.line)");

/** Pastes what a clipboard would hold. */
export async function paste(driver: Driver, data: Record<string, string>): Promise<void> {
  await driver.evaluate(`
    const data = new DataTransfer();
    for (const [type, value] of Object.entries(${JSON.stringify(data)})) data.setData(type, value);
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    if (!event.clipboardData) Object.defineProperty(event, "clipboardData", { value: data });
    document.querySelector("#a .sheaf-editor").dispatchEvent(event);`);
}

/** Another device writes at the start of the first line and at the end of the last, without taking anybody's focus. */
export const ELSEWHERE = `
  const Delta = sheaf.a.delta.constructor;
  sheaf.core.remote(new Delta().insert("> ").retain(sheaf.core.text.length - 1).insert(" other"));
  await new Promise((d) => setTimeout(d, 300));`;
