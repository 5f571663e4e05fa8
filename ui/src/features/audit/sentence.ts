/** What an event of the history says, in words. */
import { say, spoken } from "../../messages/index.ts";
import type { AccessEvent } from "../../model/access.ts";

/** What somebody of a newer version did is told without saying what it was. */
export function sentenceOf({ what, by, about }: AccessEvent): string {
  const did = Object.hasOwn(say.audit.did, what) ? say.audit.did[what] : undefined;
  return did ? did(by, about || say.audit.somebody) : say.audit.other(by);
}

/** Why it counts as nothing, where there is more to say: what does not count any more has words of the page's, a refusal is a sentence of the core's. */
export function whyOf({ standing, said, why }: AccessEvent): string | null {
  if (standing === "void") return say.audit.void;
  return standing === "refused" ? spoken(said, why ?? "") : null;
}
