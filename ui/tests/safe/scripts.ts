/** Payloads that bring a script along: as an element, as a handler of an event, as an address that is a script. */
import { type Maker, html } from "./payload.ts";

/** Script elements, spelled as filters have been passed by. */
export const elements: Maker[] = html(
  ({ sings }) => `<script>${sings}</script>`,
  ({ sings }) => `<SCRIPT>${sings}</SCRIPT>`,
  ({ sings }) => `<ScRiPt >${sings}</sCrIpT >`,
  ({ sings }) => `<script\n>${sings}</script\t>`,
  ({ sings }) => `<script\f>${sings}</script>`,
  ({ sings }) => `<script/x>${sings}</script/y>`,
  ({ sings }) => `<script type=module>${sings}</script>`,
  ({ sings }) => `<script type="text/javascript">${sings}</script>`,
  ({ sings }) => `<script language=javascript>${sings}</script>`,
  ({ url }) => `<script src="${url}"></script>`,
  ({ url }) => `<script src=${url} async defer></script>`,
  ({ url }) => `<script src="${url}" type=module crossorigin></script>`,
  ({ sings }) => `<scr<script>ipt>${sings}</script>`,
  ({ sings }) => `<<script>${sings}//<</script>`,
  ({ sings }) => `<script><!--\n${sings}\n//--></script>`,
  ({ sings }) => `<script>//<![CDATA[\n${sings}\n//]]></script>`,
  ({ sings }) => `</p></td></table><script>${sings}</script>`,
  ({ sings }) => `</title><script>${sings}</script>`,
  ({ sings }) => `</style><script>${sings}</script>`,
  ({ sings }) => `</textarea><script>${sings}</script>`,
  ({ sings }) => `</script><script>${sings}</script>`,
  ({ sings }) => `"><script>${sings}</script>`,
  ({ sings }) => `'><script>${sings}</script>`,
  ({ sings }) => `--><script>${sings}</script><!--`,
  ({ sings }) => `]]><script>${sings}</script>`,
  ({ sings }) => `<table><script>${sings}</script></table>`,
  ({ sings }) => `<select><script>${sings}</script></select>`,
  ({ sings }) => `<select><option><script>${sings}</script></option></select>`,
  ({ sings }) => `<ul><script>${sings}</script><li>x</li></ul>`,
  ({ sings }) => `<pre><code><script>${sings}</script></code></pre>`,
  ({ sings }) => `<b><i><u><script>${sings}</script></u></i></b>`,
  ({ sings }) => `<head><script>${sings}</script></head>`,
  ({ sings }) => `<html><body><script>${sings}</script></body></html>`,
  ({ sings }) => `<frameset><script>${sings}</script></frameset>`,
  ({ sings }) => `\u0000<script>${sings}</script>`,
  ({ sings }) => `<scr\u0000ipt>${sings}</script><script>${sings}</script>`,
  ({ sings }) => `<script>eval("${sings}")</script>`,
  ({ sings }) => `<script>setTimeout(()=>{${sings}})</script>`,
  ({ url }) => `<script>new Image().src="${url}"</script>`,
  ({ url }) => `<script>fetch("${url}")</script>`,
  ({ url }) => `<script>import("${url}")</script>`,
  ({ sings }) => `<!--[if IE]><script>${sings}</script><![endif]--><!--[if !IE]><!--><script>${sings}</script><!--<![endif]-->`,
);

const EVENTS = (
  "onerror onload onclick onmouseover onfocus onblur onpaste oncopy oncut ondrop ondragstart onkeydown oninput onbeforeinput onchange " +
  "onpointerover onpointerenter onwheel onscroll onscrollend onanimationstart onanimationend ontransitionend ontransitionrun ontoggle " +
  "onbeforetoggle onbegin onend onrepeat onsubmit onreset onselect onselectstart onselectionchange oncontextmenu onauxclick ondblclick " +
  "onloadstart oncanplay onprogress onsuspend oncuechange onhashchange onpageshow onpopstate onmessage onresize onbeforeprint " +
  "onsecuritypolicyviolation onslotchange oncompositionstart oncontentvisibilityautostatechange onfullscreenchange onunload"
).split(" ");

const BEARERS: ReadonlyArray<(handler: string) => string> = [
  (handler) => `<img src="canary:none" ${handler}>`,
  (handler) => `<div tabindex=0 autofocus contenteditable ${handler}>x</div>`,
  (handler) => `<svg ${handler}><animate attributeName=x dur=1ms></svg>`,
  (handler) => `<details open ${handler}><summary>x</summary>y</details>`,
  (handler) => `<video src="canary:none" ${handler}></video><audio src="canary:none" ${handler}>`,
  (handler) => `<body ${handler}><p>x</p></body>`,
  (handler) => `<input autofocus ${handler}><p ${handler}>x</p>`,
  (handler) => `<p style="animation:x 1ms" ${handler}><b ${handler}>x</b></p>`,
];

const SPELLINGS: ReadonlyArray<(event: string, script: string) => string> = [
  (event, script) => `${event}="${script}"`,
  (event, script) => `${event.toUpperCase()} =\n'${script.replaceAll("'", "&#39;")}'`,
  (event, script) => `x="y"${event}="${script}"`,
  (event, script) => `/${event}="${entities(script)}"/`,
];

/** Each event twice, every time on another element and in another spelling. */
export const handlers: Maker[] = EVENTS.flatMap((event, nth) =>
  [0, 3].map((shift): Maker => ({ sings }) => ({ html: BEARERS[(nth + shift) % 8]!(SPELLINGS[(nth + shift) % 4]!(event, sings)) })),
);

const SCHEMES: ReadonlyArray<(script: string, url: string) => string> = [
  (script) => `javascript:${script}`,
  (script) => `JaVaScRiPt:${script}`,
  (script) => ` \t\njavascript:${script}`,
  (script) => `java\tscript:${script}`,
  (script) => `java\nscript\r:${script}`,
  (script) => `\u0001javascript:${script}`,
  (script) => `java&#0000115;cript&colon;${script}`,
  (script) => `&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A${script}`,
  (script) => `javascript:/*--></title></style>*/${script}`,
  (script) => `javascript://example.org/%0A${script}`,
  (script) => `jav\u0000ascript:${script}`,
  (script) => `\u2028javascript:${script}`,
  (script) => `view-source:javascript:${script}`,
  (script) => `vbscript:${script}`,
  (script) => `livescript:${script}`,
  (script) => `data:text/html,<script>${script}</script>`,
  (script) => `data:text/html;base64,${btoa(`<script>${script}</script>`)}`,
  (script) => `DATA:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload=${script}>`,
  (script) => `data:text/javascript,${script}`,
  (_script, url) => `blob:${url}`,
  (_script, url) => `file:///etc/passwd?${url}`,
  (_script, url) => `\\\\${url.replace("http://", "").replaceAll("/", "\\")}`,
  (_script, url) => `//${url.replace("http://", "")}`,
  (_script, url) => `http:${url.replace("http://", "\\\\")}`,
  (_script, url) => `sheaf://join/${url}`,
  (_script, url) => `tauri://localhost/${url}`,
  (_script, url) => `ipc://localhost/push?${url}`,
  (_script, url) => `feed:${url}`,
  (_script, url) => `https://example.org/\u202E${url}`,
  (script) => `https:javascript:${script}`,
];

const CARRIERS: ReadonlyArray<(address: string) => string> = [
  (address) => `<a href="${address}">words</a>`,
  (address) => `<a href='${address.replaceAll("'", "&#39;")}' target=_blank rel=opener>words</a>`,
  (address) => `<a ping="${address}" href="https://example.org/">words</a>`,
  (address) => `<map name=m><area shape=default href="${address}"></map><img usemap=#m alt=words>`,
  (address) => `<form action="${address}"><button>words</button></form>`,
  (address) => `<form><button formaction="${address}" autofocus>words</button></form>`,
  (address) => `<iframe src="${address}"></iframe>`,
  (address) => `<object data="${address}">words</object>`,
  (address) => `<embed src="${address}">`,
  (address) => `<img src="${address}" alt=words>`,
  (address) => `<svg><a xlink:href="${address}" href="${address}"><text y=10>words</text></a></svg>`,
  (address) => `<math><mtext href="${address}" xlink:href="${address}">words</mtext></math>`,
  (address) => `<base href="${address}"><a href=x>words</a>`,
];

/** Each kind of address in five carriers, in all of them equally often. */
export const addresses: Maker[] = SCHEMES.flatMap((scheme, nth) =>
  [0, 3, 6, 9, 12].map((shift): Maker => ({ sings, url }) => {
    const address = scheme(sings, url);
    const markdown = `# Head\n\n[words](<${address.replaceAll(/[\r\n]/g, "&NewLine;")}>)\n\n![words](${address.replaceAll(/\s/g, "&Tab;")})\n\n<${address}>\n\n[r]: ${address}\n\n[words][r]`;
    return { html: CARRIERS[(nth + shift) % CARRIERS.length]!(address), markdown, words: address };
  }),
);

function entities(text: string): string {
  return [...text].map((letter) => `&#${letter.codePointAt(0)};`).join("");
}
