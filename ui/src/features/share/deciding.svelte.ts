/**
 * What a person is about to do to others: first one calm sentence that says what it does and what it does not, then the deed. One question at a time.
 */
import { reason } from "../../model/core.ts";

/** Something that is done only after it was said what it means. */
export interface Question {
  /** Where in the dialog it is asked. */
  readonly place: string;
  readonly words: string;
  /** What the button says that does it. */
  readonly act: string;
  readonly work: () => Promise<void>;
  /** What is said when it is done. */
  readonly done: string;
}

export class Deciding {
  question = $state.raw<Question | null>(null);
  told = $state("");
  problem = $state<string | null>(null);
  busy = $state(false);

  /** Where the keys were when it was asked. */
  #from: Element | null = null;

  /** `changed` is awaited after every deed: what the dialog shows is what is so. */
  constructor(private readonly changed: () => Promise<void>) {}

  ask(question: Question): void {
    this.#from = document.activeElement;
    this.problem = null;
    this.question = question;
  }

  /** Answers whether there was something to take back. */
  cancel(): boolean {
    if (this.question === null) return false;
    this.question = null;
    this.#back();
    return true;
  }

  async decide(): Promise<void> {
    const { question } = this;
    if (question === null) return;
    if (await this.act(question.work, question.done)) {
      this.question = null;
      this.#back();
    }
  }

  /** What was asked for makes no sense, and why. */
  fails(why: string): void {
    [this.problem, this.told] = [why, ""];
  }

  /** Does what needs no question. Answers whether it could be done. */
  async act(work: () => Promise<void>, done: string): Promise<boolean> {
    this.busy = true;
    [this.problem, this.told] = [null, ""];
    try {
      await work();
      await this.changed();
      this.told = done;
      return true;
    } catch (error) {
      this.problem = reason(error);
      return false;
    } finally {
      this.busy = false;
      this.#held();
    }
  }

  /** What was pressed may have gone with what it did: the keys stay in the dialog. */
  #held(): void {
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.querySelector<HTMLElement>(".dialog")?.focus();
    });
  }

  /** The keys go back to where they were, or to the dialog if that has gone. */
  #back(): void {
    requestAnimationFrame(() => {
      const from = this.#from instanceof HTMLElement && this.#from.isConnected ? this.#from : null;
      (from ?? document.querySelector<HTMLElement>(".dialog"))?.focus();
    });
  }
}
