/** Where two wordings differ, word by word: what a reader should see at a glance when both stand one above the other. */

/** A piece of a wording: whether only this one has it. */
export interface Piece {
  readonly text: string;
  readonly own: boolean;
}

/** Words compared with each other; longer wordings are compared by their beginnings and ends alone, which is quick at any length. */
const MOST_COMPARED = 600;

/** A word, the space between two, or something that is no text. */
const WORDS = /\s+|\u{fffc}|[^\s\u{fffc}]+/gu;

/** The pieces of `text`, those marked that `other` does not have in this place. */
export function differences(text: string, other: string): Piece[] {
  const [mine, theirs] = [words(text), words(other)];
  let start = 0;
  while (start < mine.length && start < theirs.length && mine[start] === theirs[start]) start++;
  let end = 0;
  while (end < mine.length - start && end < theirs.length - start && mine.at(-1 - end) === theirs.at(-1 - end)) end++;
  const middle = mine.slice(start, mine.length - end);
  const kept = shared(middle, theirs.slice(start, theirs.length - end));
  const marks = middle.map((word, index) => ({ text: word, own: !kept.has(index) }));
  const plain = (some: readonly string[]): Piece[] => some.map((word) => ({ text: word, own: false }));
  return joined([...plain(mine.slice(0, start)), ...marks, ...plain(mine.slice(mine.length - end))]);
}

function words(text: string): string[] {
  return text.match(WORDS) ?? [];
}

/** The indices of a longest run of words, gaps allowed, that both have in the same order. */
function shared(mine: readonly string[], theirs: readonly string[]): Set<number> {
  const kept = new Set<number>();
  if (mine.length > MOST_COMPARED || theirs.length > MOST_COMPARED) return kept;
  const lengths = Array.from({ length: mine.length + 1 }, () => new Uint16Array(theirs.length + 1));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = mine.length - 1; i >= 0; i--) {
    const row = lengths[i];
    if (row === undefined) continue;
    for (let j = theirs.length - 1; j >= 0; j--) {
      row[j] = mine[i] === theirs[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (let i = 0, j = 0; i < mine.length && j < theirs.length;) {
    if (mine[i] === theirs[j]) {
      kept.add(i++);
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return kept;
}

function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last?.own === piece.own) result[result.length - 1] = { text: last.text + piece.text, own: last.own };
    else result.push(piece);
  }
  return result;
}
