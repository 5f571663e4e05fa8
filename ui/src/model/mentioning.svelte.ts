/** What can be named in a document: this library's documents, the document's members, days. Members are asked for again when people come and go. */
import type { Mentioning, NamedPerson } from "../editor/index.ts";
import { dayName, dayOf, daysFor, say } from "../messages/index.ts";
import type { Core } from "./core.ts";
import type { Library } from "./library.svelte.ts";

/** A person has many devices and is named by one: the same every time, on every device and whichever they use just now. */
function oneOf(devices: readonly string[]): string | undefined {
  return [...devices].sort()[0];
}

/** The names of one open document. */
export class Mentions implements Mentioning {
  #people: readonly NamedPerson[] = [];
  #here = "";

  constructor(
    private readonly core: Core,
    private readonly library: Library,
    private readonly document: string,
    private readonly goTo: (document: string, line: string | null) => void,
  ) {
    void this.#ask();
  }

  /** Who has the document open, told with every movement of a caret: members are asked for again when somebody came or went. */
  here(devices: readonly string[]): void {
    const here = [...devices].sort().join();
    if (here === this.#here) return;
    this.#here = here;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const { members } = await this.core.access.members(this.document).catch(() => ({ members: [] }));
    // Whoever has not said a name yet cannot be named.
    const named = members.filter(({ name }) => name !== say.somebody);
    this.#people = named.flatMap(({ devices, name }) => {
      const device = oneOf(devices.map(({ device }) => device));
      return device === undefined ? [] : [{ device, name }];
    });
  }

  documents(): ReturnType<Mentioning["documents"]> {
    const others = this.library.documents.filter(({ document }) => document !== this.document);
    return others.map(({ document, title }) => ({ id: document, title: title || say.untitled }));
  }

  people(): readonly NamedPerson[] {
    return this.#people;
  }

  days(typed: string): ReturnType<Mentioning["days"]> {
    return daysFor(typed, Date.now()).map((date) => ({ date, name: dayName(date, Date.now()) }));
  }

  titleOf(document: string): string | undefined {
    const entry = this.library.find(document);
    return entry && (entry.title || say.untitled);
  }

  dayOf(date: string): string {
    return dayOf(date);
  }

  open(document: string, line: string | null = null): void {
    this.goTo(document, line);
  }

  async create(title: string): Promise<string> {
    const made = await this.core.create(title);
    await this.library.refresh();
    return made;
  }
}
