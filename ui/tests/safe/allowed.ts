/**
 * What may stand in a text's elements, and nothing else: which elements, which attributes, which values. A new kind of line or mark is added here on purpose.
 * Inside an embed its kind decides what it draws; there only what could run, load, lead away or take a name is refused.
 */

const ELEMENTS = new Set("DIV P H1 H2 H3 H4 H5 H6 SPAN BR A MARK U STRONG EM S CODE IMG BUTTON".split(" "));

const CLASSES = new Set(
  (
    "sheaf-editor ProseMirror ProseMirror-focused ProseMirror-separator ProseMirror-trailingBreak ProseMirror-selectednode line heading h1 h2 h3 h4 h5 h6 p ul ol " +
    "task code divider list quote cell done head unknown link unsafe soft check cell-text task-text card source newer card-title card-source card-kind table-frame " +
    "hole table-button peer-caret peer-flag peer-selection fresh folded hidden empty embed goes-on more ProseMirror-widget " +
    "mention document person date formula as-source footnote contents attachment file image picture math-picture mermaid-picture picture-problem landing"
  ).split(" "),
);

/** Attributes, and what their values must look like. What people wrote may only be in those that nothing acts on. */
const ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  role: /^(textbox|group|checkbox|cell|columnheader|table|row|button|presentation|none)$/,
  contenteditable: /^(true|false)$/,
  draggable: /^(true|false)$/,
  spellcheck: /^(true|false)$/,
  autocorrect: /^off$/,
  autocapitalize: /^off$/,
  translate: /^(yes|no)$/,
  tabindex: /^-?\d$/,
  rel: /^noopener noreferrer nofollow$/,
  href: /^(https?:\/\/|mailto:)[^\p{White_Space}\p{Cc}]*$/iu,
  dir: /^(auto|ltr|rtl)$/,
  type: /^button$/,
  title: /^[\w .+/()]*$/,
  id: /^cell-\d+$/,
  alt: /^$/,
  style: /^[\s\w.:;%,()+*-]*$/,
  "data-marker": /^[\w.•◦▪–-]{0,20}$/u,
  "data-run": /^(first|last|only)$/,
  "data-quote": /^\d+$/,
  "data-indent": /^\d+$/,
  "data-divider": /^$/,
  "data-folded": /^$/,
  hidden: /^$/,
  "data-row": /^\d+$/,
  "data-column": /^\d+$/,
  "data-placeholder": /^[\w …/]*$/u,
  // Written down, styled by a few known values, never acted on.
  "data-pen": /^/,
  "data-kind": /^/,
  "data-language": /^/,
  "data-other": /^/,
  "data-embed": /^/,
};

const NEVER = new Set("SCRIPT STYLE IFRAME FRAME OBJECT EMBED APPLET LINK META BASE FORM INPUT TEXTAREA SELECT TEMPLATE PORTAL".split(" "));

/** What stands in an element that may not. */
export function strangers(root: Element): string[] {
  const found: string[] = [];
  for (const element of root.querySelectorAll("*")) {
    if (element.closest("[data-embed], .picture") !== null) found.push(...dangers(element), ...foreign(element));
    else found.push(...unknowns(element));
    if (element.shadowRoot !== null) found.push("a shadow root");
  }
  return found;
}

/** A class that the element of an embed has from elsewhere. */
function foreign(element: Element): string[] {
  if (!element.matches("[data-embed]")) return [];
  const isOurs = (name: string): boolean => CLASSES.has(name) || /^person-[a-z]+$/.test(name);
  return [...element.classList].filter((name) => !isOurs(name)).map((name) => told(`class ${name}`, element));
}

function unknowns(element: Element): string[] {
  const found: string[] = [];
  if (!ELEMENTS.has(element.tagName)) found.push(told("element", element));
  if (element.tagName === "BUTTON" && element.className !== "table-button") found.push(told("button", element));
  if (element.tagName === "IMG" && element.className !== "ProseMirror-separator") found.push(told("picture", element));
  for (const name of element.classList) {
    // Fourteen colours of code, ten of people.
    if (!CLASSES.has(name) && !/^(person-[a-z]+|code-[a-z]+)$/.test(name)) found.push(told(`class ${name}`, element));
  }
  for (const { name, value } of element.attributes) {
    if (
      name === "class" ||
      /^aria-(label|hidden|checked|multiline|rowindex|colindex|rowcount|colcount|readonly|expanded|keyshortcuts|owns)$/.test(name)
    )
      continue;
    if (ATTRIBUTES[name]?.test(value) !== true || /url|expression|image-set/i.test(name === "style" ? value : ""))
      found.push(told(`attribute ${name}=${value.slice(0, 80)}`, element));
  }
  return found;
}

/** What could run, load, lead away or take a name. */
export function dangers(element: Element): string[] {
  const found: string[] = [];
  if (NEVER.has(element.tagName.toUpperCase())) found.push(told("element", element));
  for (const { name, value } of element.attributes) {
    const leads = /^(href|xlink:href|src|srcset|action|formaction|data|poster|background|ping|cite|from|to|values)$/i.test(name);
    const isSafe = /^(https?:\/\/|mailto:|#)/i.test(value) && /href$/i.test(name) && element.tagName.toUpperCase() === "A";
    if (/^on/i.test(name) || ["id", "name", "srcdoc"].includes(name)) found.push(told(`attribute ${name}=${value.slice(0, 80)}`, element));
    else if (leads && !isSafe && !/^(blob:|data:image\/(png|jpeg|gif|webp)[;,]|#)/.test(value))
      found.push(told(`address ${value.slice(0, 80)}`, element));
    else if (/^(style|fill|filter|mask|clip-path)$/i.test(name) && /url\((?!["']?#)|expression|@import/i.test(value))
      found.push(told(`style ${value.slice(0, 80)}`, element));
  }
  return found;
}

function told(what: string, element: Element): string {
  return `${what} in ${element.outerHTML.slice(0, 160)}`;
}
