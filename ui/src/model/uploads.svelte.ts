/**
 * Files on their way into texts, whichever document is looked at meanwhile: a file that was begun arrives, or why it does not is told, also when its
 * document has been left.
 */
import type { Editor, Upload } from "../editor/index.ts";
import { say } from "../messages/index.ts";
import { reason } from "./core.ts";

/** The uploads of one window. */
export class Uploads {
  /** What is on its way, what was begun first in front, and how many bytes of it have arrived. */
  underWay = $state.raw<ReadonlyArray<{ readonly upload: Upload; readonly bytes: number }>>([]);
  /** Why a file was not attached. */
  failed = $state<string | null>(null);

  /** Follows what an editor attaches, to the end of the last of it. */
  follow(editor: Pick<Editor, "on">): void {
    editor.on("attaching", ({ upload, bytes }) => {
      const at = this.underWay.findIndex((one) => one.upload === upload);
      const now = bytes === undefined ? [] : [{ upload, bytes }];
      this.underWay = at < 0 ? [...this.underWay, ...now] : this.underWay.toSpliced(at, 1, ...now);
    });
    editor.on("notAttached", (told) => {
      const { failed, mayNotWrite } = say.attachments;
      this.failed = failed(told.name, "error" in told ? reason(told.error) : mayNotWrite);
    });
  }
}
