/** Payloads of names and data: elements that take the place of what scripts look up, keys that reach prototypes, and Sheaf's own clipboard format, forged. */
import { type Canary, type Maker, type Shape } from "./payload.ts";

const NAMES = (
  "sheaf app a b document window canary __proto__ constructor prototype hasOwnProperty toString valueOf attributes childNodes parentNode firstChild " +
  "nodeName nodeType body head forms location cookie createElement querySelector getElementById execCommand getSelection defaultView activeElement " +
  "addEventListener __TAURI__ __TAURI_INTERNALS__ ipc webkit chrome"
).split(" ");

/** Each name by id and by name, on an element that makes it a property of the document or of the window. */
export const clobbering: Maker[] = NAMES.map((name, nth): Maker => {
  const shapes = [
    ({ url }: Canary) => `<a id="${name}" href="https://example.org/">words</a><a id="${name}" name=x href="${url}">more</a>`,
    ({ sings }: Canary) => `<img src=canary:none name="${name}" id="${name}" onerror="${sings}">`,
    ({ url }: Canary) =>
      `<form name="${name}" id="${name}"><input name=attributes><input name=childNodes><input name=getAttribute><input name=tagName><input name="${name}"><output id=x>${url}</output></form>`,
    ({ url }: Canary) => `<iframe name="${name}" src="${url}"></iframe><object id="${name}" data="${url}"></object><embed name="${name}">`,
  ];
  return (canary) => ({ html: shapes[nth % shapes.length]!(canary), words: name });
});

/** HTML that says of itself that a Sheaf page copied it. */
function own(data: unknown): Shape {
  const json = typeof data === "string" ? data : JSON.stringify(data);
  return { html: `<div data-sheaf="${json.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"><p>fallback</p></div>`, words: json };
}

const line = (block?: unknown): unknown => ({ insert: "\n", attributes: { line: "forged", ...(block === undefined ? {} : { block }) } });

/** The own format with something in it that no Sheaf page writes. */
export const forged: Maker[] = [
  ({ sings }) => own({ ops: [{ insert: "words", attributes: { link: `javascript:${sings}` } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: "words", attributes: { link: [`javascript:${sings}`] } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: "words", attributes: { link: { href: `javascript:${sings}` } } }, line()] }),
  ({ url }) => own({ ops: [{ insert: "words", attributes: { link: `data:text/html,${url}` } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: "words", attributes: { link: `java\tscript:${sings}` } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: "words", attributes: { bold: ["script", {}, sings] } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: "words", attributes: { code: `"><script>${sings}</script>` } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: "words", attributes: { background: `x" onmouseover="${sings}` } }, line()] }),
  ({ url }) => own({ ops: [{ insert: "words", attributes: { background: `url(${url})` } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: "words", attributes: { onclick: sings } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: "words", attributes: { [`x onclick=${sings}`]: true } }, line()] }),
  ({ url }) => own({ ops: [{ insert: "words", attributes: { style: `background:url(${url})` } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: { source: `<script>${sings}</script>` } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: { source: { toString: sings } } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: { [`<img src=x onerror=${sings}>`]: 1 } }, line()] }),
  ({ url }) => own({ ops: [{ insert: { image: url } }, line()] }),
  ({ url }) => own({ ops: [{ insert: { video: url } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: { formula: `\\href{javascript:${sings}}{x}` } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: { maths: `\\htmlClass{x}{<img src=x onerror=${sings}>}` } }, line()] }),
  ({ sings }) =>
    own({ ops: [{ insert: { diagram: `graph TD; a["<img src=x onerror=${sings}>"]; click a "javascript:${sings}"` } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: {} }, { insert: [sings] }, { insert: { a: 1, b: 2 } }, line()] }),
  ({ sings }) => own({ ops: [{ insert: "x" }, line(`h1 onclick=${sings}`)] }),
  ({ sings }) => own({ ops: [{ insert: "x" }, line(`<script>${sings}</script>`)] }),
  ({ sings }) => own({ ops: [{ insert: "x" }, line(`code lang=x"><script>${sings}</script>`)] }),
  ({ sings }) => own({ ops: [{ insert: "x" }, line(`p cell=t".r<.c>${sings}`)] }),
  ({ sings }) => own({ ops: [{ insert: "x" }, line([`h1`, sings])] }),
  ({ sings }) => own({ ops: [{ insert: "x" }, line({ kind: sings })] }),
  () => own({ ops: [{ insert: "x" }, line("p cell=t.r.c w=99999999 head head in=999999999 q=1e9")] }),
  () => own({ ops: [{ retain: 5 }, { delete: 99 }, { insert: "x" }] }),
  () => own({ ops: [{ insert: "x", delete: 1, retain: 1 }] }),
  () => own({ ops: [null, 1, "x", [], { insert: null }] }),
  () => own({ ops: { length: 9, 0: { insert: "x" } } }),
  () => own({ ops: [{ insert: 5 }, { insert: true }, { insert: "\uD800" }, { insert: "\uFFFC\u0000" }] }),
  ({ sings }) => own(`{"ops":[{"insert":"x","attributes":{"line":"</script><script>${sings}</script>"}}]}`),
  () => own(`${'{"ops":['.repeat(400)}`),
  () => own(`{"ops":[{"insert":${"[".repeat(5000)}${"]".repeat(5000)}}]}`),
];

/** JSON that reaches for prototypes, in every place of the own format. */
export const pollution: Maker[] = ["__proto__", "constructor", "prototype"].flatMap((key): Maker[] => {
  const value = `{"canary":"polluted","href":"javascript:canary()","prototype":{"canary":"polluted"}}`;
  return [
    () => own(`{"${key}":${value},"ops":[{"insert":"x\\n"}]}`),
    () => own(`{"ops":[{"${key}":${value},"insert":"x\\n"}]}`),
    () => own(`{"ops":[{"insert":"x","attributes":{"${key}":${value}}},{"insert":"\\n"}]}`),
    () => own(`{"ops":[{"insert":"x","attributes":{"${key}":"polluted"}},{"insert":"\\n"}]}`),
    () => own(`{"ops":[{"insert":{"${key}":${value}}},{"insert":"\\n"}]}`),
    () => own(`{"ops":[{"insert":{"source":{"${key}":${value}}}},{"insert":"\\n"}]}`),
    () => own(`{"ops":[{"insert":"x\\n","attributes":{"block":"${key}","line":"${key}"}}]}`),
    () => own(`{"ops":[{"insert":"x\\n","attributes":{"block":"p cell=${key}.${key}.${key} ${key}=${key}"}}]}`),
    () => own(`{"ops":[{"insert":"x\\n","attributes":{"block":"code lang=${key}"}}]}`),
    () => own(`{"ops":[{"insert":"x","attributes":{"background":"${key}","link":"https://example.org/?${key}"}},{"insert":"\\n"}]}`),
  ];
});
