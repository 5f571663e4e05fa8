/** The worker in which code is read, so that a long one holds up no key. */
import { tokenise } from "./tokenise.ts";

/** What it is asked. */
export interface Question {
  readonly id: number;
  readonly language: string;
  readonly lines: readonly string[];
}

self.addEventListener("message", (event: MessageEvent<Question>) => {
  const { id, language, lines } = event.data;
  void tokenise(language, lines).then(
    (tokens) => self.postMessage({ id, tokens }),
    (error: unknown) => self.postMessage({ id, error: String(error) }),
  );
});
