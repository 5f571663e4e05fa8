/** What a program puts on the clipboard, and what of it must come into the text. */

/** One copy from one program. The words are ours; the shape of the markup is the program's, as it was published. */
export interface Fixture {
  /** The program, and what was copied. */
  readonly from: string;
  /** Where this shape of markup was seen. */
  readonly source: string;
  readonly html: string;
  /** The lines afterwards, as `text` of the editor's stories writes them; `cell` stands for any cell. */
  readonly lines: readonly string[];
  /** Pictures that did not come along, when there are any. */
  readonly left?: { readonly away: number; readonly lost: number };
}
