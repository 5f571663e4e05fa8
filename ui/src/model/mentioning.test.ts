/** Whom one can name: people, not their devices. */
import { expect, it } from "vitest";

import { Refusal, type Wire } from "../editor/lane/wire.ts";
import { Core } from "./core.ts";
import { Library } from "./library.svelte.ts";
import { Mentions } from "./mentioning.svelte.ts";

const member = (id: string, name: string, ...devices: string[]): object => ({ id, name, devices: devices.map((device) => ({ device })) });

/** A core that knows who is in a document, and no more. */
function pretended(members: () => object[]): Wire {
  const told = (): object => ({ me: { can: {} }, members: members() });
  return {
    ask: (call) => (call === "members" ? Promise.resolve(told()) : Promise.reject(new Refusal("unknown_call", call))),
    hear: () => () => undefined,
    whenBack: () => () => undefined,
  };
}

it("offers each person once, by the same device whatever order they come in", async () => {
  let members = [member("1", "Ada", "c3", "a1", "b2"), member("2", "Ben", "d4"), member("3", "", "e5"), member("4", "Ada", "f6")];
  const core = new Core(pretended(() => members));
  const mentions = new Mentions(core, new Library(core), "d", () => undefined);
  const ada = { device: "a1", name: "Ada" };
  // Two people of one name are two, and who has no name cannot be named.
  const all = [ada, { device: "d4", name: "Ben" }, { device: "f6", name: "Ada" }];
  await expect.poll(() => mentions.people()).toEqual(all);

  members = [member("1", "Ada", "b2", "c3", "a1")];
  mentions.here(["b2"]);
  await expect.poll(() => mentions.people()).toEqual([ada]);
});
