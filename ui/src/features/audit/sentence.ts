/** What an event of the history says, in words. */
import { say } from "../../messages/index.ts";
import type { AccessEvent } from "../../model/access.ts";

/** What somebody of a newer version did is told without saying what it was. */
export function sentenceOf({ what, by, about }: AccessEvent): string {
  const did = Object.hasOwn(say.audit.did, what) ? say.audit.did[what] : undefined;
  return did ? did(by, about || say.audit.somebody) : say.audit.other(by);
}
