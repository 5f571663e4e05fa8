/** A link is asked for with what it is now, however it is asked for. */
import { expect, it } from "vitest";
import { Delta } from "../delta.ts";
import { Editor } from "../editor.ts";
import type { Wire } from "../lane/wire.ts";
import type { LinkAsked } from "../snapshot.ts";

it("a selected link is asked for with its words and its address, one that is not there yet without", async () => {
  const delta = new Delta().insert("see ").insert("here", { link: "https://a.example/" }).insert("\n", { line: "a" });
  const ask: Wire["ask"] = (call) =>
    Promise.resolve(call === "open" ? { version: 0, role: "edit", title: "", delta, length: delta.length() } : {});
  const wire = { ask, hear: () => () => undefined, whenBack: () => () => undefined };
  const editor = await Editor.open({ wire, document: "d", openOutside: () => undefined });
  const asked: LinkAsked[] = [];
  editor.on("linkWanted", (link) => asked.push(link));
  for (const [anchor, head] of [
    [8, 4],
    [6, 6],
    [0, 3],
  ] as const) {
    editor.select({ anchor, head });
    editor.askForLink();
  }
  const link = { href: "https://a.example/", text: "here", from: 4, to: 8, box: undefined };
  expect(asked).toEqual([link, link, { href: "", text: "see", from: 0, to: 3, box: undefined }]);
  await editor.destroy();
});
