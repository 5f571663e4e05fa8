/** How deep each heading of a document lies: by the headings above it, not by its number, so that a heading 3 right below a heading 1 is its child. */
export function depths(headings: ReadonlyArray<{ readonly level: number }>): number[] {
  const above: number[] = [];
  return headings.map(({ level }) => {
    while ((above.at(-1) ?? 0) >= level) above.pop();
    above.push(level);
    return above.length - 1;
  });
}

/** The heading below which the nth lies; itself when there is none. */
export function parentOf(deep: readonly number[], nth: number): number {
  for (let at = nth - 1; at >= 0; at--) if ((deep[at] ?? 0) < (deep[nth] ?? 0)) return at;
  return nth;
}
