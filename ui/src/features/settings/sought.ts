/** Leaves of the settings what has the words that are looked for: whole sections by their title, else the lines in them. */

/** What a section is made of. A hint belongs to the line before it. */
const LINES = ".line, .check, .hint, .link, dl";

/** Hides what does not fit. Answers whether anything is left. */
export function seek(sections: Iterable<HTMLElement>, query: string): boolean {
  const wanted = query.trim().toLowerCase();
  const fits = (element: Element | null): boolean => (element?.textContent ?? "").toLowerCase().includes(wanted);
  let any = false;
  for (const section of sections) {
    const isNamed = wanted === "" || fits(section.querySelector("h3"));
    let shown = isNamed;
    let line = isNamed;
    for (const element of section.querySelectorAll<HTMLElement>(LINES)) {
      if (element.matches(".hint") && element.previousElementSibling?.matches(LINES) === true) {
        // Found by its hint, a line is shown as well.
        if (fits(element) && !isNamed) show(element.previousElementSibling as HTMLElement, (line = true));
      } else line = isNamed || fits(element);
      show(element, line);
      shown ||= line;
    }
    show(section, shown);
    any ||= shown;
  }
  return any;
}

function show(element: HTMLElement, shown: boolean): void {
  element.toggleAttribute("data-unsought", !shown);
}
