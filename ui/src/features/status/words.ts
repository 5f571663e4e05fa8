/**
 * The status line in words (ux.md 4.3), a pure function of the facts. Three questions, always answered: is it saved here, is it with
 * the others, what is it doing now. It never claims more than a receipt proves.
 */
import { say, spoken } from "../../messages/index.ts";
import type { DeviceStatus, DocumentStatus, NetworkStatus } from "../../model/core.ts";

export type Tone = "good" | "working" | "calm" | "waiting" | "attention" | "failed";

export interface StatusWords {
  /** What the disk has. */
  here: string;
  /** What the others have; absent while the document was never shared. */
  others: string | null;
  /** What stands beside it: what waits for whoever is away, which grows with every key and is not read aloud each time; or who has everything. */
  beside?: string;
  tone: Tone;
}

/** So many changes on their way are catching up; fewer are what somebody types just now. */
const CATCHING_UP = 20;

/** A person counts as up to date when one of their devices has sent the receipt. */
interface Person {
  name: string;
  upToDate: boolean;
  reachable: boolean;
  /** Edits that none of their devices has, as far as one has ever said what it has. */
  behind: number;
  /** Changes of theirs that are on their way. */
  ahead: number;
}

/** `saving` is the view's own: something typed has not been answered for more than 400 ms. */
export function statusWords(document: DocumentStatus | null, network: NetworkStatus | null, saving: boolean): StatusWords {
  if (document && !document.saved) {
    return { here: say.status.notSaved(spoken(document.said, document.unsaved_reason ?? "…")), others: null, tone: "failed" };
  }
  if (saving) return { here: say.status.saving, others: null, tone: "working" };

  if (document && document.state === "waiting") return firstCopy(document);

  // Whoever is out of the document has nothing in common with the others any more.
  const out = document?.state === "removed" || document?.state === "left";
  const people = out ? [] : byPerson(document?.devices ?? []);
  if (people.length === 0) return { here: say.status.saved, others: null, tone: "good" };

  return { here: say.status.saved, ...others(people, network) };
}

/** Nothing of it is here, so nothing can be called saved. */
function firstCopy({ transfer, devices }: DocumentStatus): StatusWords {
  const inviter = devices.find((device) => !device.mine)?.person;
  if (!transfer) return { here: inviter ? say.status.waitingFor(inviter) : say.status.waiting, others: null, tone: "waiting" };
  const from = transfer.person || transfer.from.slice(0, 8);
  return { here: say.status.getting(from, transfer.bytes, transfer.total), others: null, tone: "waiting" };
}

function others(people: Person[], network: NetworkStatus | null): Omit<StatusWords, "here"> {
  const upToDate = people.filter((person) => person.upToDate);
  const all = upToDate.length === people.length ? say.status.upToDateWith(names(people)) : null;
  // Before all else: what was on its way is not while nobody can be reached. Whoever has everything has it still, so both are said.
  if (network?.offline_since) {
    // Without a relay to ask, that nobody answers says nothing of this device's own network.
    const asksNobody = network.profile === "direct" || network.profile === "local";
    const beside = all === null ? waiting(people) : { beside: all };
    return { others: asksNobody ? say.status.nobody : say.status.offline, ...beside, tone: "calm" };
  }
  const ahead = Math.max(...people.map((person) => person.ahead));
  if (ahead >= CATCHING_UP) {
    const from = people.filter((person) => person.ahead > 0);
    return { others: say.status.catchingUp(ahead, names(from)), tone: "working" };
  }
  if (all !== null) return { others: all, tone: "good" };
  const away = waiting(people.filter((person) => !person.reachable));
  if (!people.some((person) => person.reachable)) return { others: say.status.nobody, ...away, tone: "calm" };
  if (upToDate.length === 0) {
    return { others: say.status.sending(names(people.filter((person) => person.reachable))), tone: "working" };
  }
  return { others: say.status.upToDateWithSome(upToDate.length, people.length), ...away, tone: "calm" };
}

/** What waits for the one who lacks most. */
function waiting(people: Person[]): Pick<StatusWords, "beside"> {
  const edits = Math.max(0, ...people.map((person) => (person.upToDate ? 0 : person.behind)));
  return edits > 0 ? { beside: say.status.edits(edits) } : {};
}

function byPerson(devices: DeviceStatus[]): Person[] {
  const people = new Map<string, Person>();
  for (const device of devices) {
    if (device.mine) continue;
    // Never by name: two people may have the same.
    const id = device.member ?? device.device;
    const known = people.get(id);
    const person = known ?? { name: device.person || say.somebody, upToDate: false, reachable: false, behind: 0, ahead: 0 };
    person.upToDate ||= device.state === "has_all";
    person.reachable ||= device.state === "has_all" || device.state === "behind" || device.state === "waiting";
    person.ahead = Math.max(person.ahead, device.ahead ?? 0);
    // A device that has never said what it has says nothing of how much waits.
    if (device.behind > 0) person.behind = person.behind > 0 ? Math.min(person.behind, device.behind) : device.behind;
    if (!known) people.set(id, person);
  }
  return [...people.values()];
}

function names(people: Person[]): string {
  return say.names(people.map((person) => person.name));
}
