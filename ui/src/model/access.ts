/**
 * What the chrome asks the core about who may do what with a document: its people, their invitations, who waits to be let in, and the history of
 * all that. Field names are the wire's (docs/lane.md).
 */
import { legible } from "../editor/index.ts";
import { say } from "../messages/index.ts";

export type Role = "view" | "comment" | "edit" | "admin" | "owner";

/** The roles that an invitation can carry and a person can be given, the least first. */
export const GIVEN_ROLES = ["view", "comment", "edit", "admin"] as const;
export type GivenRole = (typeof GIVEN_ROLES)[number];

/** A person in a document, with the devices that write in their name. */
export interface Member {
  id: string;
  name: string;
  colour: string;
  role: Role;
  owner: boolean;
  mine: boolean;
  /** The day on which the membership ends; null: it does not. */
  ends: number | null;
  since: number | null;
  /** The invitation that they came by. */
  invitation: string | null;
  /** Whether they are here through the folder that the document is in, and changed there; null: it is in none. */
  through_folder: boolean | null;
  devices: MemberDevice[];
}

export interface MemberDevice {
  device: string;
  short: string;
  mine: boolean;
  last_seen: number | null;
}

/** What this device may do with the document's people. */
export interface Rights {
  invite: boolean;
  manage: boolean;
  transfer: boolean;
  leave: boolean;
}

export interface Invitation {
  id: string;
  label: string;
  role: Role;
  /** Who made it. */
  by: string;
  mine: boolean;
  open: boolean;
  kind: "open" | "counted";
  uses: number;
  limit: number | null;
  expires: number | null;
  approve: boolean;
}

/** What a new invitation is limited to; null: it is not. */
export interface Limits {
  uses: number | null;
  expires_in: number | null;
  approve: boolean;
  label: string;
}

/** Somebody who waits for this device to let them in. */
export interface Asking {
  id: string;
  name: string;
  device: string;
  short: string;
  role: Role;
  /** What both sides see, to be read aloud. */
  spoken: string[];
  asked: number;
}

/** What happened to the document's people, as the history has it. */
export interface AccessEvent {
  id: string;
  /** By the clock of whoever did it; null where this device cannot read it. */
  at: number | null;
  by: string;
  device: string;
  what: string;
  /** To whom; empty where it is about nobody. */
  about: string;
  role: Role | null;
  standing: "counts" | "void" | "refused" | "unknown";
  /** In English, as the command line says it; `said` is what `spoken` has words for. */
  why: string | null;
  said: unknown;
  stood_on: string[];
}

export interface Audit {
  checked: { records: number; signatures: number; hashes: number; failed: string[] };
  events: AccessEvent[];
}

/** Words of this device that the others did not take. */
export interface NotAccepted {
  /** When it was written; null where that is not known any more. */
  at: number | null;
  text: string;
}

/** The history as the core says it. */
type ToldAudit = Omit<Audit, "events"> & { events: Array<Omit<AccessEvent, "about"> & { about: string | null }> };

const called = (name: string): string => legible(name) || say.somebody;

export class Access {
  constructor(private readonly ask: (call: string, fields: Record<string, unknown>) => Promise<unknown>) {}

  /** Who is in the document, and what this device may do with them. */
  async members(document: string): Promise<{ members: Member[]; rights: Rights }> {
    const told = (await this.ask("members", { document })) as { me: { can: Rights }; members: Member[] };
    return { members: told.members.map((one) => ({ ...one, name: called(one.name) })), rights: told.me.can };
  }

  async invitations(document: string): Promise<Invitation[]> {
    const { invitations } = (await this.ask("invitations", { document })) as { invitations: Invitation[] };
    return invitations.map((one) => ({ ...one, by: called(one.by), label: legible(one.label) }));
  }

  /** Makes an invitation. Without limits it is one that any member can serve. */
  async share(document: string, role: GivenRole, limits?: Limits): Promise<{ ticket: string; warning?: string; said?: unknown }> {
    return (await this.ask("share", { document, role, ...limits })) as { ticket: string };
  }

  async revoke(document: string, invitation: string): Promise<void> {
    await this.ask("revoke", { document, invitation });
  }
  async give(document: string, member: string, role: GivenRole): Promise<void> {
    await this.ask("role", { document, member, role });
  }
  /** Removes a person, or one of the devices that write in their name. */
  async remove(document: string, whom: { member: string } | { device: string }): Promise<void> {
    await this.ask("remove", { document, ...whom });
  }
  async transfer(document: string, member: string): Promise<void> {
    await this.ask("transfer", { document, member });
  }
  async ends(document: string, member: string, at: number | null): Promise<void> {
    await this.ask("ends", { document, member, at });
  }
  async leave(document: string): Promise<void> {
    await this.ask("leave", { document });
  }

  async requests(document: string): Promise<Asking[]> {
    const { requests } = (await this.ask("requests", { document })) as { requests: Asking[] };
    return requests.map((one) => ({ ...one, name: called(one.name) }));
  }
  async admit(document: string, request: string): Promise<void> {
    await this.ask("admit", { document, request });
  }
  async decline(document: string, request: string): Promise<void> {
    await this.ask("decline", { document, request });
  }

  /** Has the core check the history, and answers it with what was checked. */
  async audit(document: string): Promise<Audit> {
    const { checked, events } = (await this.ask("audit", { document })) as ToldAudit;
    return { checked, events: events.map((one) => ({ ...one, by: called(one.by), about: legible(one.about ?? "") })) };
  }
  async notAccepted(document: string): Promise<NotAccepted[]> {
    return ((await this.ask("refused", { document })) as { edits: NotAccepted[] }).edits;
  }
  /** A new document of one's own, with today's text and none of the past. */
  async copy(document: string): Promise<string> {
    return ((await this.ask("copy", { document })) as { document: string }).document;
  }
}
