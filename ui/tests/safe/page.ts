/**
 * An editor that hostile content is let loose on, and everybody who watches it: for canaries that sing, for what is loaded, for what goes over the wire, for what
 * stands in the page. No Content Security Policy helps it here.
 */
import { Delta } from "../../src/editor/delta.ts";
import { Editor } from "../../src/editor/index.ts";
import type { Told, Wire } from "../../src/editor/lane/wire.ts";
import { Chance } from "../lane/chance.ts";
import { Clock, ModelCore } from "../lane/model.ts";
import { dangers, strangers } from "./allowed.ts";
import { hostileDelta, hostilePeers } from "./hostile.ts";
import { type Payload, payloads } from "./payloads.ts";

/** How hostile content comes in. */
export type Way = "paste" | "drop" | "markdown" | "delta" | "presence";

/** Time as the browser has it. */
class RealClock extends Clock {
  override later(ms: number, run: () => void): void {
    setTimeout(run, ms);
  }
}

const parameters = new URLSearchParams(location.search);
const all = payloads(parameters.get("server") ?? "");
const chance = new Chance(7);
const core = new ModelCore(new Delta(), new RealClock(), chance);
const inner = core.wire(2);
/** What was asked over the wire since somebody looked. */
let asked: string[] = [];
/** Who sang. */
let songs: string[] = [];
const opened: string[] = [];
/** What the core's own reader made of each payload's Markdown. */
const meanings = new Map<string, unknown>();

const wire: Wire = {
  ask: (call, fields) => {
    asked.push(call);
    return inner.ask(call, fields);
  },
  hear: (listener) => inner.hear(listener),
  whenBack: () => inner.whenBack(),
};

Object.assign(window, { canary: (token: unknown) => songs.push(`canary ${String(token)}`) });
for (const name of ["alert", "confirm", "prompt", "print", "open"] as const)
  Object.assign(window, { [name]: (...said: unknown[]) => void songs.push(`${name} ${String(said[0])}`) });
addEventListener("pagehide", () => songs.push("the page went away"));
addEventListener("error", ({ message }) => {
  // An engine's own word that what was measured is drawn a frame later.
  if (!message.startsWith("ResizeObserver loop")) songs.push(`error: ${message}`);
});
addEventListener("unhandledrejection", ({ reason }) => songs.push(`rejection: ${String(reason)}`));

const editor = await Editor.open({
  wire,
  document: "d",
  openOutside: (url) => opened.push(url),
  readMarkdown: (text) => {
    const meaning = meanings.get(text);
    if (meaning === undefined) return Promise.reject(new Error(`the core was not asked about ${text.slice(0, 40)}`));
    return Promise.resolve(new Delta((meaning as { ops: [] } | null)?.ops ?? []));
  },
});
let accept: (() => void) | undefined;
editor.on("markdownPasted", (offer) => (accept = offer.accept));
editor.on("trouble", (what) => songs.push(`trouble: ${JSON.stringify(what).slice(0, 200)}`));
editor.mount(document.getElementById("a")!);
const screen = document.querySelector<HTMLElement>("#a .sheaf-editor")!;

/** How long what is told travels, and a little more. */
const TOLD_MS = 6;

const frame = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await frame();
  }
}

/**
 * What a clipboard or a drag carries, without the engine's own hands on it: WebKit cleans HTML that is put into a DataTransfer, and 2.50 dies of
 * `<link rel=modulepreload>` while it does.
 */
class Carried {
  readonly files: readonly File[] = [];
  readonly items: readonly unknown[] = [];
  private readonly data: Map<string, string>;

  constructor(data: Readonly<Record<string, string>> = {}) {
    this.data = new Map(Object.entries(data));
  }

  get types(): string[] {
    return [...this.data.keys()];
  }

  getData(type: string): string {
    return this.data.get(type) ?? "";
  }

  setData(type: string, value: string): void {
    this.data.set(type, value);
  }
}

/** Dispatches an event with data as a person's hand would make it. */
function hand(event: Event, name: string, data: Carried): void {
  Object.defineProperty(event, name, { value: data });
  screen.dispatchEvent(event);
}

function toTheEnd(): void {
  const end = Math.max(0, core.text.length - 1);
  editor.select({ anchor: Math.min(end, editor.text.length), head: Math.min(end, editor.text.length) });
}

function paste(data: Readonly<Record<string, string>>): void {
  toTheEnd();
  hand(new ClipboardEvent("paste", { bubbles: true, cancelable: true }), "clipboardData", new Carried(data));
}

function drop(payload: Payload): void {
  const { left, top } = screen.getBoundingClientRect();
  const made = new Carried({ "text/html": payload.html, "text/plain": payload.words });
  hand(new DragEvent("drop", { clientX: left + 40, clientY: top + 12, bubbles: true, cancelable: true }), "dataTransfer", made);
}

async function markdown(payload: Payload): Promise<void> {
  accept = undefined;
  // As the clipboard of a terminal: no HTML. Control signs do not survive a paste, so that the core has never read them either.
  paste({ "text/plain": payload.markdown });
  if (accept === undefined) throw new Error(`${payload.token}: nothing was offered for ${payload.markdown.slice(0, 60)}`);
  (accept as () => void)();
  await Promise.resolve();
  await Promise.resolve();
}

/** Everybody sends where they are, under names and colours of their own. */
function presence(payload: Payload): void {
  const told = { event: "presence", document: "d", version: core.version, peers: hostilePeers(payload, core.text.length) };
  for (const [view, client] of (core as unknown as { clients: Map<string, { wire: { tell(told: Told): void } }> }).clients)
    client.wire.tell({ ...told, view });
}

async function comeIn(way: Way, payload: Payload): Promise<void> {
  if (way === "paste") paste({ "text/html": payload.html, "text/plain": payload.words });
  else if (way === "drop") drop(payload);
  else if (way === "markdown") await markdown(payload);
  else if (way === "presence") presence(payload);
  else core.remote(hostileDelta(payload, core.text.length));
}

/** What is wrong with the carets that were just told. */
async function flags(): Promise<string[]> {
  await new Promise((done) => setTimeout(done, TOLD_MS));
  const wrong = strangers(screen);
  const names = [...screen.querySelectorAll(".peer-flag")].map((flag) => flag.textContent ?? "");
  if (names.length === 0) wrong.push("nobody is drawn");
  for (const name of names)
    if (/[\u00AD\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u.test(name)) wrong.push(`a name hides a sign: ${name}`);
  return wrong;
}

/** What a person's own hand sends over the wire; of what others did nothing may follow but saying where one is and what one has. */
const SENDS: Readonly<Record<Way, readonly string[]>> = {
  paste: ["push", "present", "confirm"],
  drop: ["push", "present", "confirm"],
  markdown: ["push", "present", "confirm"],
  delta: ["present", "confirm"],
  presence: ["present", "confirm"],
};

/** What the root's other attributes say changes with focus and text. */
const OF_ROOT = /^(on|id$|name$|style$|src|href|contenteditable$|role$)/;
let skeleton: string[] = [];

/** The elements that are no text, with what stands on them; the text's own root among them. */
function outside(): string[] {
  return [...document.querySelectorAll("*")]
    .filter((element) => (element === screen || !screen.contains(element)) && !element.matches("style[data-vite-dev-id]"))
    .map(
      (element) =>
        `<${element.tagName} ${[...element.attributes]
          .filter(({ name }) => element !== screen || OF_ROOT.test(name))
          .map(({ name, value }) => `${name}=${value}`)
          .join(" ")}>`,
    );
}

const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype, Node.prototype, Element.prototype];
const unpolluted = prototypes.map((one) => Object.getOwnPropertyNames(one).length);

function pollutions(): string[] {
  const wrong = prototypes.flatMap((one, nth) =>
    Object.getOwnPropertyNames(one).length === unpolluted[nth]
      ? []
      : [`a prototype has grown: ${Object.getOwnPropertyNames(one).at(-1) ?? ""}`],
  );
  return "canary" in {} ? [...wrong, "every object has a canary"] : wrong;
}

/** What the page would give to other programs: nothing in it may run or load there either. */
function copiedOut(): string[] {
  editor.select({ anchor: 0, head: editor.text.length });
  const data = new Carried();
  hand(new ClipboardEvent("copy", { bubbles: true, cancelable: true }), "clipboardData", data);
  const { body, head } = new DOMParser().parseFromString(data.getData("text/html"), "text/html");
  const inputs = [...body.querySelectorAll("input")].filter((input) => input.type === "checkbox" && input.disabled);
  for (const input of inputs) input.remove();
  const found = [...body.querySelectorAll("*"), ...head.querySelectorAll("*")].flatMap((element) => dangers(element));
  if (body.querySelector("[data-sheaf]") === null) found.push("nothing was copied");
  return found.map((what) => `copied: ${what}`);
}

async function clear(): Promise<void> {
  await editor.saved();
  core.remote(new Delta().delete(core.text.length).insert("\n", { line: chance.id() }));
  await settle();
}

async function settle(): Promise<void> {
  await until(() => editor.state.saved && editor.text === core.text.text(), "the screen is the core's text");
  await frame();
}

/** Lets the payloads [from, to) in by one way. Answers what went wrong, with whose it is as far as that can be told. */
async function run(way: Way, from: number, to: number): Promise<string[]> {
  const wrong: string[] = [];
  const batch = all.slice(from, to);
  await clear();
  const pushes = core.pushes;
  asked = [];
  songs = [];
  for (const payload of batch) {
    await comeIn(way, payload).catch((error: unknown) => wrong.push(`${payload.token}: ${String(error)}`));
    if (way === "presence") wrong.push(...(await flags()).map((what) => `${payload.token}: ${what}`));
  }
  await settle();
  wrong.push(...strangers(screen), ...songs, ...pollutions());
  wrong.push(...asked.filter((call) => !SENDS[way].includes(call)).map((call) => `asked the core to ${call}`));
  if (!SENDS[way].includes("push") && core.pushes > pushes) wrong.push(`${core.pushes - pushes} pushes`);
  if (!editor.verify()) wrong.push("the screen is not the text");
  if (JSON.stringify(outside()) !== JSON.stringify(skeleton)) wrong.push(`something outside the text: ${difference(outside(), skeleton)}`);
  if (opened.length > 0) wrong.push(`opened ${opened.splice(0).join(" ")}`);
  if (way !== "presence") wrong.push(...copiedOut());
  return wrong.map((what) => `${way} ${batch[0]?.token ?? ""}–${batch.at(-1)?.token ?? ""}: ${what}`);
}

function difference(now: readonly string[], before: readonly string[]): string {
  return now.filter((one) => !before.includes(one)).join(" ") || `${now.length} elements, not ${before.length}`;
}

/** Addresses on other machines or ports that the page has loaded something from, or tried to. */
const elsewhere: string[] = [];
new PerformanceObserver((list) => {
  for (const { name } of list.getEntries()) if (new URL(name).origin !== location.origin) elsewhere.push(`loaded ${name}`);
}).observe({ type: "resource" });

declare global {
  interface Window {
    safe: {
      count: number;
      markdown: string[];
      learn(texts: Array<[string, unknown]>): void;
      run: typeof run;
      elsewhere: string[];
      html(nth: number): string;
      songs(): string[];
    };
  }
}

window.safe = {
  count: all.length,
  markdown: all.map((payload) => payload.markdown),
  learn: (texts) => texts.forEach(([text, meaning]) => meanings.set(text, meaning)),
  run,
  elsewhere,
  html: (nth) => all[nth]?.html ?? "",
  songs: () => songs,
};
document.body.dataset["ready"] = "yes";
skeleton = outside();
