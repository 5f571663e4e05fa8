/** A document is left while files are on their way into it: they arrive, what could be undone goes to the next view without them, and then all ends. */
import { describe, expect, it, vi } from "vitest";
import { Chance } from "../../tests/lane/chance.ts";
import { Clock, ModelCore } from "../../tests/lane/model.ts";
import { Delta } from "../editor/delta.ts";
import { Editor } from "../editor/index.ts";
import type { Wire } from "../editor/lane/wire.ts";
import { Uploads } from "./uploads.svelte.ts";

/** What nobody but an editor itself has its hands on. */
interface Inside {
  readonly attaching: { add(files: readonly File[], offset: number): void };
  readonly view: { readonly page: { readonly editable: boolean } };
}

// A window that nobody looks at.
vi.stubGlobal("document", { hidden: true });
vi.stubGlobal("requestAnimationFrame", () => 0);
vi.stubGlobal("cancelAnimationFrame", () => undefined);

/** A document of one line, and a wire whose core takes a file when it is let. */
function beginning(): { core: ModelCore; wire: Wire; asked: string[]; take(how?: Error): void; become(role: string): void } {
  const chance = new Chance(1);
  const clock = new (class extends Clock {
    override later(ms: number, run: () => void): void {
      setTimeout(run, ms);
    }
  })();
  const core = new ModelCore(new Delta().insert("hello").insert("\n", { line: "a" }), clock, chance);
  const lane = core.wire(2);
  const asked: string[] = [];
  let take = (_how?: Error): void => undefined;
  const taken = new Promise<void>((done, failed) => (take = (how) => (how === undefined ? done() : failed(how))));
  let view: unknown;
  const ask: Wire["ask"] = async (call, fields) => {
    asked.push(call);
    view ??= fields["view"];
    if (call === "attach") return { upload: 1 };
    if (call === "attach_part") return taken;
    if (call === "attach_done") return { embed: { image: { hash: "ab".repeat(32), size: 3, name: "a.png", type: "image/png" } } };
    return call.startsWith("attach") || call.startsWith("presence") ? {} : lane.ask(call, fields);
  };
  const wire = { ask, hear: (listener: Parameters<Wire["hear"]>[0]) => lane.hear(listener), whenBack: () => () => undefined };
  return { core, wire, asked, take, become: (role) => lane.tell({ event: "role", document: "d", view, role }) };
}

async function opened(wire: Wire, history?: Awaited<ReturnType<Editor["destroy"]>>): Promise<{ editor: Editor; attach(): void }> {
  const editor = await Editor.open({ wire, document: "d", openOutside: () => undefined, history });
  const { attaching } = editor as unknown as Inside;
  return { editor, attach: () => attaching.add([new File(["abc"], "a.png")], 5) };
}

describe("a document that is left during an upload", () => {
  it("still gets the file, at the place that was meant, and closes after that", async () => {
    const { core, wire, asked, take } = beginning();
    const uploads = new Uploads();
    const { editor, attach } = await opened(wire);
    uploads.follow(editor);
    editor.setLink("https://a.example/", "link");
    attach();
    const history = await editor.destroy();
    expect(history?.undo.canUndo).toBe(true);
    expect(asked).not.toContain("close");
    expect(uploads.underWay.map(({ upload }) => upload.name)).toEqual(["a.png"]);

    // Somebody comes back meanwhile: what was typed before is theirs to take back, the file is not.
    const again = await opened(wire, history);
    take();
    await vi.waitFor(() => expect(asked).toContain("close"));
    expect(core.text.text()).toBe("linkhello\n\uFFFC\n\n");
    expect(uploads.underWay).toEqual([]);
    expect(uploads.failed).toBeNull();
    expect(again.editor.run("undo")).toBe(true);
    expect(again.editor.run("undo")).toBe(false);
    await again.editor.destroy();
    expect(core.text.text()).toBe("hello\n\uFFFC\n\n");
  });

  it("says why the file did not come, and closes", async () => {
    const { core, wire, asked, take } = beginning();
    const uploads = new Uploads();
    const { editor, attach } = await opened(wire);
    uploads.follow(editor);
    attach();
    await editor.destroy();
    take(new Error("the disk is full"));
    await vi.waitFor(() => expect(asked).toContain("close"));
    expect(uploads.failed).toContain("the disk is full");
    expect(core.text.text()).toBe("hello\n");
  });

  it("says so when nothing may be put into the text any more", async () => {
    const { wire, asked, take, become } = beginning();
    const uploads = new Uploads();
    const { editor, attach } = await opened(wire);
    uploads.follow(editor);
    attach();
    await editor.destroy();
    become("view");
    const { view } = editor as unknown as Inside;
    await vi.waitFor(() => expect(view.page.editable).toBe(false));
    take();
    await vi.waitFor(() => expect(asked).toContain("close"));
    expect(uploads.failed).toContain("you cannot write");
  });

  it("has nothing left to do without one", async () => {
    const { wire, asked } = beginning();
    await (await opened(wire)).editor.destroy();
    expect(asked.at(-1)).toBe("close");
  });
});

describe("a file that is given up", () => {
  it("does not enter the text, is not spoken of, and the core forgets it", async () => {
    const { core, wire, asked, take } = beginning();
    const uploads = new Uploads();
    const { editor, attach } = await opened(wire);
    uploads.follow(editor);
    attach();
    await vi.waitFor(() => expect(asked).toContain("attach_part"));
    uploads.underWay[0]?.upload.giveUp();
    expect(uploads.underWay).toEqual([]);
    take();
    await vi.waitFor(() => expect(asked).toContain("attach_stop"));
    await editor.destroy();
    expect([uploads.failed, uploads.underWay, core.text.text()]).toEqual([null, [], "hello\n"]);
    expect(asked).not.toContain("attach_done");
  });
});
