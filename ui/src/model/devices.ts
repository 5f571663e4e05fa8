/**
 * What the chrome asks the core about the devices of this device's person: which they are, and linking a further one. Field names are the wire's
 * (docs/lane.md).
 */
import { legible } from "../editor/index.ts";
import { Refusal } from "../editor/lane/wire.ts";

/** A device of this person. */
export interface OwnDevice {
  device: string;
  short: string;
  /** What its machine is called. */
  name: string;
  /** This very one. */
  mine: boolean;
  linked: boolean;
  last_seen: number | null;
  documents: number;
}

/** What a ticket for a device says, before anything is dialled. */
export interface LinkPreview {
  device: string;
  fingerprint: string;
  /** What its person calls themselves, unproven. */
  name: string;
  routes: string[];
  known: boolean;
}

/** How far linking a device is. */
export interface Linking {
  state: "none" | "waiting" | "comparing" | "agreed" | "linked" | "over";
  made_here?: boolean;
  /** What both devices show, to be compared. */
  spoken?: string[] | null;
  name?: string;
  short?: string | null;
  reason?: string | null;
  said?: unknown;
}

/** What became of a document when a device was taken out. */
export interface TakenOut {
  document: string;
  title: string;
  removed: boolean;
  /** There is a new key, which the device was not given. */
  new_key: boolean;
  reason: string | null;
  said?: unknown;
}

/** Whether what was taken for an invitation is whole, and links a device instead. */
export function isForDevice(error: unknown): boolean {
  return error instanceof Refusal && (error.said as { code?: unknown } | null | undefined)?.code === "ticket_for_device";
}

/** Asks the core. */
type Ask = <T>(call: string, fields?: Record<string, unknown>) => Promise<T>;

export class Devices {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async all(): Promise<OwnDevice[]> {
    const { devices } = await this.#ask<{ devices: OwnDevice[] }>("devices");
    return devices.map((device) => ({ ...device, name: legible(device.name) }));
  }
  /** Makes a ticket that links one further device. */
  async ticket(): Promise<string> {
    return (await this.#ask<{ ticket: string }>("link_device")).ticket;
  }
  async preview(ticket: string): Promise<LinkPreview> {
    const preview = await this.#ask<LinkPreview>("link_device", { ticket, preview: true });
    return { ...preview, name: legible(preview.name) };
  }
  /** Follows a ticket: its maker is dialled from now on. */
  async follow(ticket: string): Promise<void> {
    await this.#ask("link_device", { ticket });
  }
  async linking(): Promise<Linking> {
    const linking = await this.#ask<Linking>("linking");
    return { ...linking, name: legible(linking.name ?? "") };
  }
  /** A person has compared these digits. */
  async agree(spoken: readonly string[]): Promise<void> {
    await this.#ask("link_agree", { spoken });
  }
  async stop(): Promise<void> {
    await this.#ask("link_stop");
  }
  async remove(device: string): Promise<TakenOut[]> {
    return (await this.#ask<{ documents: TakenOut[] }>("remove_device", { device })).documents;
  }
}
