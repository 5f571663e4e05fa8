/**
 * The control lane, typed: what the chrome asks the core and what the core tells it. Field names are the wire's (docs/lane.md).
 * Nothing here keeps state; the text and presence lanes belong to the editor.
 */

import { legible, type Wording } from "../editor/index.ts";
import { Refusal, Unanswered, type Wire } from "../editor/lane/wire.ts";
import { say, spoken } from "../messages/index.ts";
import { Access, type Role } from "./access.ts";
import { Devices } from "./devices.ts";

export interface LibraryEntry {
  document: string;
  title: string;
  changed: number;
  opened: number | null;
  people: number;
  role: Role;
  state: "ready" | "waiting" | "left" | "removed" | "damaged";
  trashed: boolean;
  /** Others have, or may have, a copy. */
  shared: boolean;
  kind: "text" | "folder";
  /** The folder that it is in. */
  folder: string | null;
}

/** A document that names another. */
export interface Backlink {
  document: string;
  title: string;
  /** The line that names it first, and what that says. */
  line: string;
  excerpt: string;
}

/** A document whose text says the title of another without naming it. */
export interface Unlinked {
  document: string;
  title: string;
  excerpt: string;
}

export interface DeviceStatus {
  device: string;
  /** Whose it is: the membership's id, the same for all devices of one person; null where none is known. */
  member: string | null;
  person: string;
  colour: string;
  mine: boolean;
  state: "has_all" | "behind" | "unreachable" | "refused" | "waiting";
  behind: number;
  /** Changes that it has and that are on their way here. */
  ahead?: number;
  last_seen: number | null;
  receipt_at?: number | null;
  path?: "direct" | "relayed" | null;
  rtt_ms?: number | null;
  reason?: string | null;
  /** The reason for windows: `spoken` has the words. The same beside every sentence of the core's. */
  said?: unknown;
}

export interface DocumentStatus {
  document: string;
  title: string;
  saved: boolean;
  unsaved_reason?: string | null;
  said?: unknown;
  devices: DeviceStatus[];
  /** While nothing of it is here yet (`waiting`), `devices` holds whoever sent the invitation. */
  state?: "ready" | "waiting" | "left" | "removed" | "damaged";
  /** Who removed this device, where that is known. */
  by?: string | null;
  /** Another device of this person did it, who had lost this one. */
  by_own?: boolean;
  transfer?: { from: string; person: string; bytes: number; total: number | null } | null;
}

export interface NetworkStatus {
  profile: Profile;
  running: boolean;
  offline_since?: number | null;
  error?: string | null;
  said?: unknown;
}

/** One thing that the connection doctor has looked at. */
export interface Finding {
  check: string;
  state: "works" | "fails" | "unused";
  words: string;
  said?: unknown;
  device?: string | null;
}

export type Profile = "anywhere" | "local" | "direct" | "relay";

export interface TicketPreview {
  document: string;
  title: string;
  inviter: string;
  device: string;
  fingerprint: string;
  role: Role;
  routes: string[];
  known: boolean;
  /** For a folder: how many documents were in it when the invitation was made. */
  folder?: number | null;
  /** `open`: any member lets in; `counted`: its maker's device does; `approved`: its maker does, each time. */
  kind?: "open" | "counted" | "approved";
  /** What is read aloud to its maker, so that they know whom they let in. */
  spoken?: string[] | null;
}

/** What became of joining. */
export interface Joined {
  document: string;
  state: "ready" | "waiting";
  /** What is read aloud to the person who made the invitation: it waits for them. */
  spoken?: string[] | null;
}

export interface Me {
  name: string;
  colour: string;
}

export interface RescuedEdit {
  id: string;
  document: string;
  text: string;
  when: number;
}

/** Lines that this device and others changed while they were apart. */
export interface Review {
  id: string;
  document: string;
  when: number;
  lines: ReviewedLine[];
  /** Lines that are not listed, because there are too many. */
  more: number;
}

export interface ReviewedLine {
  line: string;
  /** The line before it, for putting it back should it have gone. */
  after: string | null;
  /** What it was here; null when it had been removed. */
  mine: Wording | null;
  theirs: Array<{ people: Array<{ device: string; person: string; colour: string }>; wording: Wording | null }>;
}

/** Who has a paragraph as it is now. */
export interface Holding {
  words: string;
  /** Who changed it last. */
  last: { device: string; person: string; mine: boolean } | null;
  devices: Holder[];
}

export interface Holder {
  device: string;
  person: string;
  colour: string;
  state: "has_it" | "not_yet" | "unknown" | "refused";
  confirmed_at: number | null;
  linked: boolean;
  last_seen: number | null;
  reason: string | null;
  said?: unknown;
}

/** What this device has done, kept on it and told to nobody. */
export interface Statistics {
  since: number;
  words: number;
  edits: number;
  merges: number;
  sent: number;
  received: number;
  people: number;
}

/** How a document and its links have done since Sheaf began. */
export interface Counters {
  records: number;
  bytes: number;
  duplicates: number;
  merges: number;
  resyncs: number;
  put_aside: number;
  /** Conversations that were refused, by the reason. */
  refused: Record<string, number>;
  refused_by_others: Record<string, number>;
  /** The most that has waited for its turn at once. */
  most_waiting: number;
  commit: Spent;
  receipt: Spent;
  links: Array<{
    device: string;
    /** What both ends call their conversation about this document: the logs of both carry it. */
    session: string;
    path: "direct" | "relayed" | null;
    rtt_ms: number | null;
    up_ms: number;
    frames_in: number;
    bytes_in: number;
    frames_out: number;
    bytes_out: number;
  }>;
}

/** How long something took: on the average, and nine times in ten at most. */
export interface Spent {
  times: number;
  mean_ms: number;
  most_ms: number | null;
}

/** The sentence to show for whatever was thrown. */
export function reason(error: unknown): string {
  if (error instanceof Unanswered) return say.unanswered;
  if (error instanceof Refusal) return error.code === "no_key" ? say.noKey : spoken(error.said, error.message);
  return error instanceof Error ? error.message : String(error);
}

/** The core calls a document without a title this. The page calls it so in its own language. */
const UNTITLED = "Untitled";

/** A document's title, empty when it has none. */
export function untitledIs(title: string): string {
  return title === UNTITLED ? "" : title;
}

/** What somebody is called; whoever has not said a name yet is somebody all the same. */
function named<T extends { person: string }>(one: T, otherwise: string = say.somebody): T {
  return { ...one, person: legible(one.person) || otherwise };
}

/** Every question the chrome has. */
export class Core {
  /** Those about who may do what. */
  readonly access = new Access((call, fields) => this.ask(call, fields));
  readonly devices = new Devices((call, fields) => this.ask(call, fields));

  constructor(readonly wire: Wire) {}

  private async ask<T>(name: string, parameters: Record<string, unknown> = {}): Promise<T> {
    return (await this.wire.ask(name, parameters)) as T;
  }

  /** Hears one kind of event until the answer is called. What happened while a connection was lost is heard as one event without fields. */
  listen(event: string, hear: (fields: Readonly<Record<string, unknown>>) => void): () => void {
    const stops = [
      this.wire.hear((told) => {
        if (told.event === event) hear(told);
      }),
      this.wire.whenBack(() => hear({})),
    ];
    return () => stops.forEach((stop) => stop());
  }

  async list(trashed: boolean): Promise<LibraryEntry[]> {
    const { documents } = await this.ask<{ documents: LibraryEntry[] }>("list", { trashed });
    return documents.map((entry) => ({ ...entry, title: untitledIs(entry.title) }));
  }
  /** Without a title the core calls it "Untitled". */
  async create(title?: string, markdown?: string, folder?: string): Promise<string> {
    const fields = { ...(title && { title }), ...(markdown && { markdown }), ...(folder && { folder }) };
    return (await this.ask<{ document: string }>("new", fields)).document;
  }
  async createFolder(title: string): Promise<string> {
    return (await this.ask<{ folder: string }>("folder_new", { title })).folder;
  }
  async putInto(folder: string, document: string): Promise<void> {
    await this.ask("folder_add", { folder, document });
  }
  async takeOut(folder: string, document: string): Promise<void> {
    await this.ask("folder_take_out", { folder, document });
  }
  /** What Markdown means, as a Delta with fresh lines. */
  async markdown(text: string): Promise<unknown> {
    return (await this.ask<{ delta: unknown }>("markdown", { text })).delta;
  }
  /** Lines of a text as Markdown. */
  async asMarkdown(delta: unknown): Promise<string> {
    return (await this.ask<{ markdown: string }>("as_markdown", { delta })).markdown;
  }
  async rename(document: string, title: string): Promise<void> {
    await this.ask("rename", { document, title: title || UNTITLED });
  }
  async duplicate(document: string): Promise<string> {
    return (await this.ask<{ document: string }>("duplicate", { document })).document;
  }
  async trash(document: string): Promise<void> {
    await this.ask("trash", { document });
  }
  async restore(document: string): Promise<void> {
    await this.ask("restore", { document });
  }
  async preview(ticket: string): Promise<TicketPreview> {
    const preview = await this.ask<TicketPreview>("preview", { ticket });
    return { ...preview, title: untitledIs(preview.title), inviter: legible(preview.inviter) };
  }
  async join(ticket: string): Promise<Joined> {
    return await this.ask("join", { ticket, wait: 0 });
  }
  async status(document: string): Promise<{ document: DocumentStatus | null; network: NetworkStatus }> {
    const all = await this.ask<{ documents: DocumentStatus[]; network: NetworkStatus }>("status", { document });
    const found = all.documents[0];
    if (found === undefined) return { document: null, network: all.network };
    // Devices of nameless people are told apart by their ids.
    const devices = found.devices.map((device) => named(device, `${say.somebody} (${device.device.slice(0, 4)})`));
    const transfer = found.transfer && { ...found.transfer, person: legible(found.transfer.person) };
    const by = found.by && legible(found.by);
    return { document: { ...found, devices, ...(transfer && { transfer }), ...(by && { by }) }, network: all.network };
  }
  async network(profile?: Profile, relay?: string): Promise<{ profile: Profile; relay?: string; chosen: boolean }> {
    return await this.ask("network", { ...(profile && { profile }), ...(relay && { relay }) });
  }
  /** Up to how many bytes a file is fetched by itself; says so from now on, if `bytes` is given. */
  async fetchUpTo(bytes?: number): Promise<number> {
    return (await this.ask<{ bytes: number }>("fetch_up_to", { ...(bytes !== undefined && { bytes }) })).bytes;
  }
  async doctor(): Promise<Finding[]> {
    return (await this.ask<{ findings: Finding[] }>("doctor")).findings;
  }
  /** Who has the paragraph around an offset of a version. */
  async whoHas(document: string, version: number, offset: number): Promise<Holding> {
    const holding = await this.ask<Holding>("who", { document, version, offset });
    return { ...holding, last: holding.last && named(holding.last), devices: holding.devices.map((one) => named(one)) };
  }
  async statistics(): Promise<Statistics> {
    return await this.ask("statistics");
  }
  async counters(document: string): Promise<Counters> {
    return await this.ask("counters", { document });
  }
  async me(change: Partial<Me> = {}): Promise<Me> {
    return await this.ask("me", { ...change });
  }
  async id(): Promise<{ device: string; short: string }> {
    return await this.ask("id");
  }
  async settings(set?: Record<string, unknown>): Promise<Record<string, unknown>> {
    return (await this.ask<{ settings: Record<string, unknown> }>("settings", set ? { set } : {})).settings;
  }
  /** The documents that name this one. */
  async unlinked(document: string): Promise<Unlinked[]> {
    return (await this.ask<{ unlinked: Unlinked[] }>("unlinked", { document })).unlinked;
  }

  /** Makes a link of the title of `named` in a document. */
  async linkTitle(document: string, named: string): Promise<void> {
    await this.ask("link_title", { document, named });
  }

  async backlinks(document: string): Promise<Backlink[]> {
    const { backlinks } = await this.ask<{ backlinks: Backlink[] }>("backlinks", { document });
    return backlinks.map((link) => ({ ...link, title: untitledIs(link.title) }));
  }
  async rescued(document: string): Promise<RescuedEdit[]> {
    return (await this.ask<{ edits: RescuedEdit[] }>("rescued", { document })).edits;
  }
  /** Keeps words that this view has and the text did not take. */
  async rescue(document: string, line: string, text: string): Promise<void> {
    await this.ask("rescue", { document, line, text });
  }
  /** The core gives the words a line of their own again, as an edit of this device's. */
  async putBack(edit: RescuedEdit): Promise<void> {
    await this.ask("rescued_back", { edit: edit.id });
  }
  async rescuedDone(edit: RescuedEdit): Promise<void> {
    await this.ask("rescued_done", { edit: edit.id });
  }
  async reviews(document: string): Promise<Review[]> {
    const { reviews } = await this.ask<{ reviews: Review[] }>("reviews", { document });
    const side = ({ people, wording }: ReviewedLine["theirs"][number]): ReviewedLine["theirs"][number] => ({
      people: people.map((one) => named(one)),
      wording,
    });
    return reviews.map((review) => ({
      ...review,
      lines: review.lines.map((line) => ({ ...line, theirs: line.theirs.map(side) })),
    }));
  }
  async reviewDone(review: Review): Promise<void> {
    await this.ask("review_done", { review: review.id });
  }
}
