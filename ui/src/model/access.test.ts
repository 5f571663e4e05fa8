/** What the page makes of what the core says about people. */
import { describe, expect, it } from "vitest";

import { Refusal, type Told, type Wire } from "../editor/lane/wire.ts";
import { Core } from "./core.ts";
import { Members } from "./members.svelte.ts";

type Answers = Record<string, (fields: Readonly<Record<string, unknown>>) => unknown>;

/** A core that answers these calls, and knows no others. */
class Pretended implements Wire {
  readonly asked: string[] = [];
  readonly #listeners = new Set<(told: Told) => void>();

  constructor(readonly answers: Answers) {}

  ask(call: string, fields: Readonly<Record<string, unknown>>): Promise<unknown> {
    this.asked.push(call);
    const answer = this.answers[call];
    return answer ? Promise.resolve(answer(fields)) : Promise.reject(new Refusal("unknown_call", `no call ${call}`));
  }
  hear(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  whenBack(): () => void {
    return () => undefined;
  }
  tell(told: Told): void {
    this.#listeners.forEach((listener) => listener(told));
  }
}

const ADA = "a".repeat(64);
const BEN = "b".repeat(64);
const answers: Answers = {
  members: () => ({
    me: { role: "owner", owner: true, can: { invite: true, manage: true, transfer: true, leave: false } },
    members: [
      {
        id: "1",
        name: "Ada",
        colour: "teal",
        role: "owner",
        owner: true,
        mine: true,
        devices: [{ device: ADA, short: "aaaa", mine: true }],
      },
      {
        id: "2",
        name: "Ben",
        role: "view",
        mine: false,
        owner: false,
        ends: 9,
        devices: [
          { device: BEN, short: "bbbb" },
          { device: ADA, short: "cccc" },
        ],
      },
    ],
  }),
  invitations: () => ({ invitations: [] }),
  requests: () => ({ requests: [{ id: "r", name: "Cleo\u202e", device: BEN, short: "bbbb", role: "edit", spoken: ["rye"], asked: 1 }] }),
};

describe("the people of a document", () => {
  it("have devices, days on which they end and rights, and those who knock are named without tricks", async () => {
    const members = new Members(new Core(new Pretended(answers)), "d");
    await members.refresh();
    expect(members.rights.manage).toBe(true);
    expect(members.all[1]).toMatchObject({ name: "Ben", owner: false, ends: 9 });
    expect(members.all[1]?.devices.map(({ short }) => short)).toEqual(["bbbb", "cccc"]);
    expect(members.asking[0]?.name).not.toContain("\u202e");
    members.close();
  });
});

describe("what has changed", () => {
  it("is asked for when people change, and not with every key that somebody presses", async () => {
    const wire = new Pretended(answers);
    const members = new Members(new Core(wire), "d");
    await members.refresh();
    wire.asked.length = 0;
    wire.tell({ event: "members", document: "another" });
    for (let told = 0; told < 40; told += 1) wire.tell({ event: "status", document: "d" });
    expect(wire.asked).toEqual([]);
    wire.tell({ event: "members", document: "d" });
    expect(wire.asked).toEqual(["members", "invitations", "requests"]);
    members.close();
  });
});

describe("an invitation", () => {
  it("carries limits only where there are some: without them any member lets in", async () => {
    const asked: unknown[] = [];
    const share = (fields: unknown): unknown => (asked.push(fields), { ticket: "sheaf" });
    const { access } = new Core(new Pretended({ share }));
    await access.share("d", "view");
    await access.share("d", "edit", { uses: 1, expires_in: null, approve: true, label: "" });
    expect(asked).toEqual([
      { document: "d", role: "view" },
      { document: "d", role: "edit", uses: 1, expires_in: null, approve: true, label: "" },
    ]);
  });
});
