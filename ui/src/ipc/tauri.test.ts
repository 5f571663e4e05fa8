/** What the window could not do is told like any other failure: with a code, and in the person's language. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { speak, spoken } from "../messages/index.ts";
import { Refusal } from "../editor/lane/wire.ts";
import { openOutside, readPicture } from "./tauri.ts";

/** A window whose every command fails like this. */
function fails(failure: unknown): void {
  vi.stubGlobal("window", { __TAURI_INTERNALS__: { invoke: () => Promise.reject(failure as Error) } });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a command of the window", () => {
  it("that fails is a refusal with the words of the page's language", async () => {
    fails({
      code: "failed",
      message: "this desktop could not open the link: no browser",
      said: { code: "link_not_opened", why: "no browser" },
    });
    const failed = await openOutside("https://example.org").catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Refusal);
    const { said, message } = failed as Refusal;
    speak("de");
    expect(spoken(said, message)).toBe("Dieser Rechner konnte den Link nicht öffnen: no browser.");
  });

  it("that breaks stays what it is", async () => {
    fails("command read_picture not found");
    await expect(readPicture()).rejects.toBe("command read_picture not found");
  });
});
