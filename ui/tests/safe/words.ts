/** Payloads that are words: signs that cannot be seen or turn text around, letters that look like others, and far too much of everything. */
import type { Canary, Maker } from "./payload.ts";

/** Signs without a mark of their own, by what they do. */
export const UNSEEN: Readonly<Record<string, string>> = {
  "right-to-left override": "\u202E",
  "left-to-right override": "\u202D",
  "right-to-left embedding": "\u202B",
  "left-to-right embedding": "\u202A",
  "end of a direction": "\u202C",
  "isolate, right to left": "\u2067",
  "isolate, left to right": "\u2066",
  "isolate, by its first": "\u2068",
  "end of an isolate": "\u2069",
  "right-to-left mark": "\u200F",
  "left-to-right mark": "\u200E",
  "Arabic letter mark": "\u061C",
  "zero-width space": "\u200B",
  "zero-width non-joiner": "\u200C",
  "zero-width joiner": "\u200D",
  "word joiner": "\u2060",
  "byte order mark": "\uFEFF",
  "soft hyphen": "\u00AD",
  "combining grapheme joiner": "\u034F",
  "Hangul filler": "\u3164",
  "halfwidth Hangul filler": "\uFFA0",
  "blank Braille cell": "\u2800",
  "Mongolian vowel separator": "\u180E",
  "invisible times": "\u2062",
  "interlinear annotation": "\uFFF9",
  "tag letter": "\u{E0041}",
  "variation selector": "\u{E0100}",
  "language tag": "\u{E0001}",
};

const PLACES: ReadonlyArray<(sign: string) => string> = [
  (sign) => `invoice${sign}fdp.exe`,
  (sign) => `${sign}Ada Lovelace`,
  (sign) => `https://bank.example${sign}.evil.example/`,
];

/** Every unseen sign in a name, at its beginning and in an address. */
export const unseen: Maker[] = Object.values(UNSEEN).flatMap((sign) =>
  PLACES.map((place, nth): Maker => ({ url }) => {
    const words = place(sign);
    const address = nth === 2 ? words : `https://example.org/${encodeURI(url)}${sign}`;
    return { html: `<p title="${words}">${words} <a href="${address}">${words}</a></p>`, words };
  }),
);

/** Names and addresses in letters that look like others. */
export const lookalikes: Maker[] = [
  "https://b\u0430nk.example/",
  "https://xn--bnk-6cd.example/",
  "https://bank.example@evil.example/",
  "https://bank.example%2F@evil.example/",
  "https://bank.example\u2044login.evil.example/",
  "https://bank.example\uFF0Fevil.example/",
  "https://bank\u3002example/",
  "https://\u24D1ank.example/",
  "https://[::ffff:7f00:1]/",
  "https://0x7f000001/",
  "https://evil.example#https://bank.example/",
  "https://evil.example\\@bank.example/",
  "mailto:ada@bank.example?bcc=evil@evil.example&attach=/etc/passwd",
  "mailto:ada@bank.example%0Abcc:evil@evil.example",
].map((address): Maker => ({ url }) => ({
  html: `<p><a href="${address}">https://bank.example/</a> ${url}</p>`,
  markdown: `# Head\n\n[https://bank.example/](<${address}>) <${address}>\n\n- x`,
  words: address,
}));

/** Far too much. */
export const giants: Maker[] = [
  ({ sings }) => ({ html: `<p title="${"x".repeat(200_000)}" onclick="${sings}">x</p>` }),
  ({ url }) => ({ html: `<a href="${url}${"a".repeat(100_000)}">words</a>`, words: `https://example.org/${"a".repeat(5000)}` }),
  ({ url }) => ({ html: `${"<b>".repeat(2000)}<img src="${url}">`, markdown: `${"> ".repeat(300)}<img src="${url}">\n\n# x` }),
  ({ url }) => ({ html: `${"<ul><li>".repeat(300)}<img src="${url}">`, markdown: `- x\n${"  ".repeat(90)}- <img src="${url}">` }),
  ({ url }) => ({ html: `${"<blockquote>".repeat(300)}x<img src="${url}">` }),
  ({ url }) => ({ html: `${"<table><tr><td>x<td>".repeat(60)}<img src="${url}">` }),
  ({ sings }) => ({ html: `<table><tr><td colspan=999999999 rowspan=999999999 onclick="${sings}">x<td>y</table>` }),
  ({ sings }) => ({ html: `<p ${Array.from({ length: 2000 }, (_, n) => `on${n}="${sings}"`).join(" ")}>x</p>` }),
  ({ sings }) => ({ html: `<p>${"\u0300".repeat(3000)}x<script>${sings}</script></p>` }),
  ({ sings }) => ({ html: `<p>${"\u202E\u2066".repeat(500)}x<script>${sings}</script></p>`, words: "\u202E\u2066".repeat(60) }),
  ({ sings }) => ({ html: `<ol start=99999999999><li aria-level=99999999 value=-1>x<script>${sings}</script></ol>` }),
];

const WRITTEN: ReadonlyArray<(canary: Canary) => string> = [
  ({ sings }) => `[words](javascript:${sings})`,
  ({ sings }) => `[words](JaVaScRiPt:${sings} "title")`,
  ({ sings }) => `[words]( javascript:${sings})`,
  ({ sings }) => `[words](java&#115;cript:${sings})`,
  ({ sings }) => `[words](javascript&colon;${sings})`,
  ({ sings }) => `[words](\\javascript:${sings})`,
  ({ sings }) => `[words](data:text/html;base64,${btoa(sings)})`,
  ({ sings }) => `[words](vbscript:${sings})`,
  ({ sings }) => `![words](javascript:${sings})`,
  ({ url }) => `![words](${url})`,
  ({ url }) => `![words](${url} "x\\" onerror=canary")`,
  ({ sings }) => `![words"onerror="${sings}](https://example.org/x.png)`,
  ({ sings }) => `<javascript:${sings}>`,
  ({ sings }) => `[a]: javascript:${sings} "x"\n\n[a] [words][a]`,
  ({ url }) => `[![words](${url})](${url})`,
  ({ sings }) => '```js"><script>' + sings + "</script>\nx\n```",
  ({ sings }) => '```mermaid\ngraph TD; a-->b; click a "javascript:' + sings + '"\n```',
  ({ sings }) => "```{=html}\n<script>" + sings + "</script>\n```",
  ({ sings }) => "`<script>" + sings + "</script>`",
  ({ sings }) => `$\\href{javascript:${sings}}{x}$ and $$\\url{javascript:${sings}}$$`,
  ({ url }) => `$$\\includegraphics{${url}} \\htmlStyle{background:url(${url})}{x}$$`,
  ({ sings }) => `| a | b |\n| - | - |\n| <script>${sings}</script> | [w](javascript:${sings}) |`,
  ({ sings }) => `> [!NOTE]\n> <img src=x onerror=${sings}>`,
  ({ sings }) => `x[^1]\n\n[^1]: <script>${sings}</script>`,
  ({ sings }) => `---\ntitle: "<script>${sings}</script>"\n---\n\nx`,
  ({ sings }) => `<details><summary>\n\n**x** <script>${sings}</script>\n\n</summary></details>`,
  ({ sings }) => `<div\n\n onclick="${sings}">\n\nx`,
  ({ sings }) => `* x\n\n    <script>${sings}</script>`,
  ({ sings }) => `# <a name=sheaf onmouseover=${sings}>x {#id onclick=${sings}}`,
  ({ sings }) => `[[x|<img src=x onerror=${sings}>]] ![[${sings}]] @[x](javascript:${sings})`,
  ({ sings }) => `<!-- --><script>${sings}</script><!-- -->`,
  ({ sings }) => `<![CDATA[<script>${sings}</script>]]>`,
  ({ sings }) => `<?php ${sings} ?><!X ${sings}>`,
  ({ sings }) => `&lt;script&gt;${sings}&lt;/script&gt; \\<script>${sings}\\</script>`,
  ({ url }) => `<${url}> www.example.org/?${url} ada@example.org`,
  ({ sings }) => `~~[**\`_x_\`**](javascript:${sings})~~ ==<b onclick=${sings}>x</b>==`,
];

/** What only Markdown says. */
export const markdown: Maker[] = WRITTEN.map((write): Maker => (canary) => ({
  html: `<pre>${write(canary)}</pre>`,
  markdown: `# Head\n\n- one\n\n${write(canary)}`,
}));
