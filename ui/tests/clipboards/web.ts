/** Clipboards of what people use in a browser, and of notes and mails. */
import type { Fixture } from "./fixture.ts";

const GUTENBERG = "WordPress/gutenberg, test/integration/fixtures/documents";

const span = (weight: number, more: string, words: string): string =>
  `<span style="font-size:11pt;font-family:Arial,sans-serif;color:#000000;background-color:transparent;font-weight:${weight};font-style:normal;font-variant:normal;text-decoration:none;vertical-align:baseline;white-space:pre;white-space:pre-wrap;${more}">${words}</span>`;
const plain = (words: string): string => span(400, "", words);
const paragraph = (inner: string): string => `<p dir="ltr" style="line-height:1.38;margin-top:0pt;margin-bottom:0pt;">${inner}</p>`;
const docsItem = (level: number, words: string): string =>
  `<li dir="ltr" style="list-style-type:disc;font-size:11pt;font-weight:400;font-style:normal;white-space:pre;" aria-level="${level}"><p dir="ltr" style="line-height:1.38;" role="presentation">${plain(words)}</p></li>`;

/** A picture of two pixels. */
const PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAEUlEQVR42mP8z8Dwn4GBgQEAEAABAh8D9GIAAAAASUVORK5CYII=";

export const web: readonly Fixture[] = [
  {
    from: "Google Docs: everything in a bold element that is not bold",
    source: `${GUTENBERG}/google-docs-in.html; Milkdown/milkdown#1773; ckeditor5-paste-from-office#20`,
    html: `<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1a2b3c4d-7fff-0000-1111-222233334444"><h2 dir="ltr" style="line-height:1.38;margin-top:18pt;">${plain("The harvest")}</h2>${paragraph(plain("We ") + span(700, "", "cut") + plain(" the ") + span(400, "font-style:italic;", "rye") + plain(" and ") + span(400, "text-decoration:line-through;", "oats") + plain(", ") + `<a href="https://example.org/" style="text-decoration:none;">${span(400, "color:#1155cc;text-decoration:underline;", "the plan")}</a>` + plain("."))}<br>${paragraph(plain("After") + "<br>" + plain("a break."))}</b>`,
    lines: [
      "h2: The harvest",
      "We {bold cut} the {italic rye} and {strike oats}, {link=https://example.org/ the plan}.",
      "",
      "After\u2028a break.",
    ],
  },
  {
    from: "Google Docs: lists beside their parents, and a checklist",
    source: `${GUTENBERG}/google-docs-list-only-in.html; WordPress/gutenberg#45498`,
    html: `<meta charset='utf-8'><ul style="margin-top:0;margin-bottom:0;padding-inline-start:48px;" id="docs-internal-guid-5"><li dir="ltr" style="list-style-type:disc;" aria-level="1"><p dir="ltr" role="presentation">${plain("rye")}</p></li><ul style="margin-top:0;">${docsItem(2, "winter rye")}<ol>${docsItem(3, "sown late")}</ol></ul>${docsItem(1, "wheat")}</ul><ul><li dir="ltr" role="checkbox" aria-checked="true" style="list-style-type:none;" aria-level="1"><img src="data:image/png;base64,x" alt="checked" aria-roledescription="checkbox" width="17px"><p dir="ltr" role="presentation" style="display:inline-block;">${plain("bind it")}</p></li><li dir="ltr" role="checkbox" aria-checked="false" aria-level="1"><img src="data:image/png;base64,x" alt="unchecked" aria-roledescription="checkbox"><p dir="ltr" role="presentation">${plain("carry it in")}</p></li></ul>`,
    lines: ["ul: rye", "ul in=1: winter rye", "ol in=2: sown late", "ul: wheat", "task done: bind it", "task: carry it in"],
  },
  {
    from: "Google Docs: a table with lists in it",
    source: `${GUTENBERG}/google-docs-table-in.html, google-docs-table-with-lists-in.html`,
    html: `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-6"><div dir="ltr" style="margin-left:0pt;" align="left"><table style="border:none;border-collapse:collapse;"><colgroup><col width="100" /><col width="100" /></colgroup><tbody><tr style="height:0pt"><td style="border:solid #000000 1pt;vertical-align:top;padding:5pt;">${paragraph(span(700, "", "Field"))}</td><td style="border:solid #000000 1pt;">${paragraph(plain("Grain"))}</td></tr><tr><td>${paragraph(plain("north"))}</td><td><ul>${docsItem(1, "rye")}${docsItem(1, "oats")}</ul></td></tr></tbody></table></div></b>`,
    lines: ["p cell: {bold Field}", "p cell: Grain", "p cell: north", "ul cell: rye", "ul cell: oats"],
  },
  {
    from: "Notion: headings, a to-do list, a nested list, a callout, code, a quote",
    source: "yoopta-editor/Yoopta-Editor#110, hicommonwealth/commonwealth#5946; `<!-- notionvc` as quoted in many issues",
    html: `<meta charset='utf-8'><h1>The harvest</h1><p>We <strong>cut</strong> the <em>rye</em>, see <a href="https://example.org/">the plan</a>.</p><ul><li>rye<ul><li>winter rye</li></ul></li></ul><ul><li>[x]  bind it</li><li>[ ]  carry it in</li></ul><pre><code class="language-javascript">cut();
  bind();</code></pre><blockquote><p>He who sows.</p></blockquote><hr><p>The end.</p><!-- notionvc: 3d1b2a90-0000-4444-8888-1234567890ab -->`,
    lines: [
      "h1: The harvest",
      "We {bold cut} the {italic rye}, see {link=https://example.org/ the plan}.",
      "ul: rye",
      "ul in=1: winter rye",
      "task done: bind it",
      "task: carry it in",
      "code lang=javascript: cut();",
      "code lang=javascript:   bind();",
      "p q=1: He who sows.",
      "divider: ",
      "The end.",
    ],
  },
  {
    from: "GitHub: a heading with its anchor, a task list, highlighted code, a table, a mention",
    source: "GitHub's rendered Markdown as it stands in any README and issue (markdown-heading, contains-task-list, highlight-source)",
    html: `<meta charset='utf-8'><div class="markdown-heading" dir="auto"><h2 tabindex="-1" class="heading-element" dir="auto" style="box-sizing: border-box; font-weight: 600;">The harvest</h2><a class="anchor" aria-label="Permalink: The harvest" href="https://github.com/a/b#the-harvest"><svg class="octicon octicon-link" viewBox="0 0 16 16" aria-hidden="true"><path d="m7 1z"></path></svg></a></div><p dir="auto" style="box-sizing: border-box;">Run <code class="notranslate" style="font-size: 13.6px;">cut()</code>, says <a class="user-mention notranslate" href="https://github.com/ada">@ada</a>.</p><ul class="contains-task-list"><li class="task-list-item enabled"><input type="checkbox" class="task-list-item-checkbox" aria-label="Completed task" checked="" disabled=""> bind it</li><li class="task-list-item"><input type="checkbox" class="task-list-item-checkbox" disabled=""> carry it in</li></ul><div class="highlight highlight-source-js notranslate position-relative overflow-auto" dir="auto"><pre class="notranslate"><span class="pl-k">const</span> <span class="pl-s1">rye</span> <span class="pl-c1">=</span> 1;
<span class="pl-en">cut</span>(rye);</pre><div class="zeroclipboard-container"><clipboard-copy aria-label="Copy" value="x"><svg aria-hidden="true"></svg></clipboard-copy></div></div><markdown-accessiblity-table><table role="table"><thead><tr><th>Field</th><th>Grain</th></tr></thead><tbody><tr><td>north</td><td>rye</td></tr></tbody></table></markdown-accessiblity-table>`,
    lines: [
      "h2: The harvest",
      "Run {code cut()}, says {link=https://github.com/ada @ada}.",
      "task done: bind it",
      "task: carry it in",
      "code lang=js: const rye = 1;",
      "code lang=js: cut(rye);",
      "p cell head: Field",
      "p cell head: Grain",
      "p cell: north",
      "p cell: rye",
    ],
  },
  {
    from: "Slack: breaks, paragraph breaks and a link in spans",
    source: `${GUTENBERG}/slack-paragraphs-in.html`,
    html: `<meta charset='utf-8'><span style="color: rgb(29, 28, 29); font-family: Slack-Lato, Slack-Fractions, appleLogo, sans-serif; font-weight: 400; display: inline !important;">We cut the<span> </span></span><b data-stringify-type="bold" style="box-sizing: inherit;">rye</b><span style="font-weight: 400;"><span> </span>and<span> </span></span><a target="_blank" class="c-link" data-stringify-link="https://example.org/" href="https://example.org/" rel="noopener noreferrer">the plan</a><br style="box-sizing: inherit;"><span style="font-weight: 400;">says more</span><span class="c-mrkdwn__br" data-stringify-type="paragraph-break" style="box-sizing: inherit; display: block; height: 8px;"></span><span style="font-weight: 400;">A new paragraph</span>`,
    lines: ["We cut the {bold rye} and {link=https://example.org/ the plan}\u2028says more", "A new paragraph"],
  },
  {
    from: "Slack: nested lists and code",
    source: `${GUTENBERG}/slack-quote-in.html; Slack's rich_text blocks (data-stringify-type, data-indent)`,
    html: `<meta charset='utf-8'><ul data-stringify-type="unordered-list" class="p-rich_text_list p-rich_text_list__bullet" data-indent="0" data-border="0"><li data-stringify-indent="0" data-stringify-border="0">rye</li></ul><ul data-stringify-type="unordered-list" class="p-rich_text_list p-rich_text_list__bullet" data-indent="1"><li data-stringify-indent="1">winter rye</li></ul><ol data-stringify-type="ordered-list" class="p-rich_text_list p-rich_text_list__ordered" data-indent="0"><li data-stringify-indent="0">cut</li></ol><pre class="c-mrkdwn__pre" data-stringify-type="pre"><div class="p-rich_text_block--no-overflow">cut();<br>bind();</div></pre><blockquote type="cite" data-stringify-type="quote" class="c-mrkdwn__quote">He who sows.</blockquote><code data-stringify-type="code" class="c-mrkdwn__code">rye</code>`,
    lines: ["ul: rye", "ul in=1: winter rye", "ol: cut", "code: cut();", "code: bind();", "p q=1: He who sows.", "{code rye}"],
  },
  {
    from: "Gmail: divs for lines, a quoted mail, a list",
    source: "Gmail's compose markup as quoted in mail parsers' tests (gmail_quote, gmail_default)",
    html: `<meta charset='utf-8'><div dir="ltr" class="gmail_default" style="font-family:arial,sans-serif;color:#222222">Dear Ben,</div><div style="font-family:Arial"><br></div><div>the <b>rye</b> is <font color="#ff0000">cut</font>.</div><div><ul><li style="margin-left:15px">bind it</li><li style="margin-left:15px">carry it in</li></ul></div><div><br></div><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Ben wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><div dir="ltr">Is it <a href="https://example.org/" target="_blank">cut</a>?<br></div></blockquote></div>`,
    lines: [
      "Dear Ben,",
      "",
      "the {bold rye} is cut.",
      "ul: bind it",
      "ul: carry it in",
      "",
      "On Mon, Ben wrote:",
      "p q=1: Is it {link=https://example.org/ cut}?",
    ],
  },
  {
    from: "Apple Notes: a div a line, headings in bold, lists beside their parents",
    source: "Apple Notes' HTML as documented by several converters (Apple-dash-list, `<div><b><h2>`)",
    html: `<div><b><h1>The harvest</h1></b></div><div><b><span style="font-size: 18px">Fields</span></b></div><div>We cut the <i>rye</i>.<br></div><div><br></div><ul class="Apple-dash-list"><li>rye</li><ul class="Apple-dash-list"><li>winter rye</li></ul><li>wheat</li></ul><div><font face="Courier"><tt>cut()</tt></font></div>`,
    lines: [
      "h1: The harvest",
      "{bold Fields}",
      "We cut the {italic rye}.",
      "",
      "ul: rye",
      "ul in=1: winter rye",
      "ul: wheat",
      "{code cut()}",
    ],
  },
  {
    from: "Chromium: a part of a page, every style written out",
    source: "what Chromium writes for a selection of any page",
    html: `<meta charset='utf-8'><h3 style="margin: 0px; font-weight: 700; font-size: 18px; color: rgb(0, 0, 0); font-family: Arial; white-space: normal; background-color: rgb(255, 255, 255);">The harvest</h3><p style="color: rgb(0, 0, 0); font-weight: 400; text-decoration-style: initial;">We cut the <strong style="font-weight: 600;">rye</strong>,<span class="Apple-converted-space"> </span><span style="font-weight: bold; font-style: italic;">all</span> of it.</p><dl><dt>rye</dt><dd>a grain</dd></dl><figure><img src="https://example.org/x.png" alt="A field"><figcaption>North</figcaption></figure>`,
    lines: [
      "h3: The harvest",
      "We cut the {bold rye}, {bold italic all} of it.",
      "rye",
      "a grain",
      "{link=https://example.org/x.png A field}",
      "p caption: North",
    ],
    left: { away: 1, lost: 0 },
  },
  {
    from: "VS Code: lines of code in divs of spans",
    source: `${GUTENBERG}/vscode-markdown-in.html`,
    html: `<meta charset='utf-8'><div style="color: #d4d4d4;background-color: #1e1e1e;font-family: 'Droid Sans Mono', 'monospace', monospace;font-weight: normal;font-size: 14px;line-height: 19px;white-space: pre;"><div><span style="color: #569cd6;">const</span><span style="color: #d4d4d4;"> rye = </span><span style="color: #b5cea8;">1</span><span>;</span></div><div><span style="color: #d4d4d4;">  cut(rye);</span></div><br><div><span>bind();</span></div></div>`,
    lines: ["code: const rye = 1;", "code:   cut(rye);", "code: ", "code: bind();"],
  },
  {
    from: "Apple Notes and other programs that write a picture's bytes into the HTML",
    source: "ueberdosis/tiptap#2670, ckeditor/ckeditor5 (base64 images on paste), Evernote's and Apple Notes' clipboards as quoted there",
    html: `<meta charset='utf-8'><h2>The harvest <img src="${PNG}" alt="a sheaf"></h2><p>Before.</p><p><img src="${PNG}" width="200"></p><figure><a href="https://example.org/"><img alt="A field" src="${PNG.replace("png", "PNG")}"></a><figcaption>North</figcaption></figure><ul><li>rye</li><li><img src="${PNG}"></li></ul><p>After.</p>`,
    lines: ["h2: The harvest", "<image>", "Before.", "<image>", "<image>", "p caption: North", "ul: rye", "ul: <image>", "After."],
  },
  {
    from: "a mail: pictures on the web, one that counts its readers, one for the looks, and one in the mail itself",
    source: "the HTML of newsletters as mail programs put it on the clipboard (spacer.gif, open.gif, cid:)",
    html: `<meta charset='utf-8'><p><img src="https://news.example.org/logo.png" alt=""><img src="https://news.example.org/open.gif?who=ada" width="1" height="1"></p><p>Dear <b>Ada</b>, <img src="https://news.example.org/field.jpg" style="width: 600px">see <a href="https://example.org/plan"><img src="https://news.example.org/b.png" alt="the plan"></a>.</p><p><img src="cid:part1.abc@example.org" alt="A field in the mail"></p><p><img src="/relative.png"></p>`,
    lines: [
      "Dear {bold Ada}, {link=https://news.example.org/field.jpg Image}see {link=https://example.org/plan the plan}.",
      "A field in the mail",
    ],
    left: { away: 2, lost: 2 },
  },
  {
    from: "hostile or broken: pictures that are none, that are programs, that say another type",
    source: "our own",
    html: `<p>1 <img alt="svg" src="data:image/svg+xml;base64,PHN2Zy8+"> 2 <img alt="html" src="data:text/html;base64,PGI+"> 3 <img alt="no base64" src="data:image/png;base64,%%%"> 4 <img alt="other bytes" src="data:image/png;base64,PGI+aGk8L2I+"> 5 <img alt="script" src="javascript:alert(1)"> 6 <img alt="file" src="file:///etc/passwd"></p>`,
    lines: ["1 svg 2 html 3 no base64 4 other bytes 5 script 6 file"],
    left: { away: 0, lost: 6 },
  },
];
