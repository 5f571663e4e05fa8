/** Clipboards of office programs. */
import type { Fixture } from "./fixture.ts";

const WORD_HEAD = `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40"><head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=ProgId content=Word.Document><meta name=Generator content="Microsoft Word 15"><link rel=File-List href="file:///C:/Users/a/clip_filelist.xml"><!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--><style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif;} @list l0 {mso-list-id:1;} --></style></head><body lang=EN-GB style='tab-interval:36.0pt;word-wrap:break-word'><!--StartFragment-->`;
const WORD_FOOT = `<!--EndFragment--></body></html>`;

/** A paragraph of one of Word's lists: the marker is drawn into it. */
const item = (place: string, level: number, list: string, marker: string, words: string): string =>
  `<p class=MsoListParagraphCxSp${place} style='margin-left:${36 * level}.0pt;mso-add-space:auto;text-indent:-18.0pt;mso-list:${list} level${level} lfo1'><![if !supportLists]><span style='font-family:Symbol;mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>${marker}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]><span lang=EN-GB>${words}<o:p></o:p></span></p>\n\n`;

const CKEDITOR = "ckeditor/ckeditor5, packages/ckeditor5-paste-from-office/tests/_data";
const GUTENBERG = "WordPress/gutenberg, test/integration/fixtures/documents";

export const office: readonly Fixture[] = [
  {
    from: "Word: a heading, bold and italic, a link, a break, an empty paragraph",
    source: `${CKEDITOR}/basic-styles, ${GUTENBERG}/ms-word-in.html`,
    html: `${WORD_HEAD}<h1><span lang=EN-GB>The harvest<o:p></o:p></span></h1>

<p class=MsoNormal><span lang=EN-GB style='color:red;mso-themecolor:accent1'>We <b style='mso-bidi-font-weight:normal'>cut</b> the <i>rye</i>
on <u>Monday</u>, see <a href="https://example.org/rye"><span style='color:#0563C1'>the plan</span></a>.<br>
Then it rained.<o:p></o:p></span></p>

<p class=MsoNormal><span lang=EN-GB><o:p>&nbsp;</o:p></span></p>

<p class=MsoNormal><span lang=EN-GB style='font-size:18.0pt;mso-highlight:yellow;background:yellow'>The end.<o:p></o:p></span></p>${WORD_FOOT}`,
    lines: [
      "h1: The harvest",
      "We {bold cut} the {italic rye} on {underline Monday}, see {link=https://example.org/rye the plan}.\u2028Then it rained.",
      "",
      "The end.",
    ],
  },
  {
    from: "Word: nested lists of paragraphs",
    source: `${GUTENBERG}/ms-word-list-in.html; tinymce/tinymce, tests/plugins/paste.js`,
    html: `${WORD_HEAD}${item("First", 1, "l0", "·", "rye")}${item("Middle", 2, "l0", "o", "winter rye")}${item("Middle", 3, "l0", "§", "sown <b>late</b>")}${item("Last", 1, "l0", "·", "wheat")}<p class=MsoNormal>And then:<o:p></o:p></p>${item("First", 1, "l1", "1.", "cut")}${item("Middle", 2, "l1", "a)", "by hand")}${item("Middle", 2, "l1", "b)", "by cart")}${item("Middle", 3, "l1", "iv.", "in four")}${item("Last", 1, "l1", "2.", "bind")}${WORD_FOOT}`,
    lines: [
      "ul: rye",
      "ul in=1: winter rye",
      "ul in=2: sown {bold late}",
      "ul: wheat",
      "And then:",
      "ol: cut",
      "ol in=1: by hand",
      "ol in=1: by cart",
      "ol in=2: in four",
      "ol: bind",
    ],
  },
  {
    from: "Word: a list whose markers are in conditional comments, numbers in brackets and ordinals",
    source: "syncfusion/ej2-javascript-ui-controls, richtexteditor/spec/editor-manager/plugin/msword-cleanup.spec.ts",
    html: `${WORD_HEAD}<p class=MsoListParagraphCxSpFirst style='text-indent:-.25in;mso-list:l0 level1 lfo1'><!--[if !supportLists]--><span style='mso-bidi-font-family:Calibri'><span style='mso-list:Ignore'>(1)<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span></span><!--[endif]-->first<o:p></o:p></p><p class=MsoListParagraphCxSpMiddle style='text-indent:-.25in;mso-list:l0 level1 lfo1'><!--[if !supportLists]--><span style='mso-list:Ignore'>(2)<span>&nbsp; </span></span><!--[endif]-->second<o:p></o:p></p><p class=MsoListParagraphCxSpLast style='text-indent:-.25in;mso-list:l1 level1 lfo2'><!--[if !supportLists]--><span style='mso-list:Ignore'>1.1.<span>&nbsp; </span></span><!--[endif]-->third<o:p></o:p></p>${WORD_FOOT}`,
    lines: ["ol: first", "ol: second", "ol: third"],
  },
  {
    from: "Word: a table with paragraphs in its cells and a header row",
    source: `${CKEDITOR}, ${GUTENBERG}/ms-word-in.html`,
    html: `${WORD_HEAD}<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'><thead><tr style='mso-yfti-irow:0'><td width=301 valign=top style='width:225.4pt;border:solid windowtext 1.0pt'><p class=MsoNormal><b>Field<o:p></o:p></b></p></td><td width=301 valign=top><p class=MsoNormal><b>Grain<o:p></o:p></b></p></td></tr></thead><tr style='mso-yfti-irow:1'><td width=301><p class=MsoNormal>north<o:p></o:p></p></td><td width=301><p class=MsoNormal>rye<o:p></o:p></p></td></tr><tr style='mso-yfti-irow:2;mso-yfti-lastrow:yes'><td width=301><p class=MsoNormal><o:p>&nbsp;</o:p></p></td><td width=301><p class=MsoNormal>wheat<o:p></o:p></p></td></tr></table>${WORD_FOOT}`,
    lines: ["p cell head: Field", "p cell head: Grain", "p cell: north", "p cell: rye", "p cell: ", "p cell: wheat"],
  },
  {
    from: "Word: styles that are called title, quote and list, without a mark of what they are",
    source: `${GUTENBERG}/ms-word-styled-out.html, ${CKEDITOR}`,
    html: `${WORD_HEAD}<p class=MsoTitle><span lang=EN-GB>Harvest home<o:p></o:p></span></p><p class=MsoQuote><span lang=EN-GB>He who sows.<o:p></o:p></span></p><p class=MsoNormal>Plain.<o:p></o:p></p>${WORD_FOOT}`,
    lines: ["h1: Harvest home", "p q=1: He who sows.", "Plain."],
  },
  {
    from: "Word online: headings, marks, and lists that are one list element an item",
    source: "microsoft/roosterjs, paste/word/processPastedContentFromWacTest.ts and wordOnlineHandler tests",
    html: `<html><body><div class="OutlineElement Ltr SCXW1 BCX0" style="direction: ltr;"><p class="Paragraph SCXW1 BCX0" role="heading" aria-level="2" paraid="1" style="font-weight: normal; font-style: normal;"><span data-contrast="none" class="TextRun SCXW1 BCX0" style="font-size: 13pt; color: rgb(47, 84, 150);"><span class="NormalTextRun SCXW1 BCX0">The harvest</span></span><span class="EOP SCXW1 BCX0">&nbsp;</span></p></div><div class="OutlineElement Ltr SCXW1 BCX0"><p class="Paragraph SCXW1 BCX0" paraid="2"><span class="TextRun SCXW1 BCX0" style="font-weight: bold;"><span class="NormalTextRun SCXW1 BCX0">Cut</span></span><span class="TextRun SCXW1 BCX0"><span class="NormalTextRun SCXW1 BCX0"> and </span></span><a class="Hyperlink SCXW1 BCX0" href="https://example.org/" target="_blank" rel="noreferrer noopener"><span class="TextRun Underlined SCXW1 BCX0" style="text-decoration: underline;"><span class="NormalTextRun SCXW1 BCX0">bind</span></span></a><span class="LineBreakBlob BlobObject DragDrop SCXW1 BCX0"><span class="SCXW1 BCX0">&nbsp;</span><br class="SCXW1 BCX0"></span><span class="TextRun SCXW1 BCX0">again</span><span class="EOP SCXW1 BCX0">&nbsp;</span></p></div><div class="ListContainerWrapper SCXW1 BCX0"><ul class="BulletListStyle1 SCXW1 BCX0" role="list"><li role="listitem" data-aria-posinset="1" data-aria-level="1" class="OutlineElement Ltr SCXW1 BCX0"><p class="Paragraph SCXW1 BCX0"><span class="TextRun SCXW1 BCX0">rye</span><span class="EOP SCXW1 BCX0">&nbsp;</span></p></li></ul></div><div class="ListContainerWrapper SCXW1 BCX0"><ul class="BulletListStyle2 SCXW1 BCX0" role="list"><li role="listitem" data-aria-level="2" class="OutlineElement Ltr SCXW1 BCX0"><p class="Paragraph SCXW1 BCX0"><span class="TextRun SCXW1 BCX0">winter rye</span><span class="EOP SCXW1 BCX0">&nbsp;</span></p></li></ul></div><div class="ListContainerWrapper SCXW1 BCX0"><ol class="NumberListStyle1 SCXW1 BCX0" role="list" start="1"><li role="listitem" data-aria-level="1" class="OutlineElement Ltr SCXW1 BCX0"><p class="Paragraph SCXW1 BCX0"><span class="TextRun SCXW1 BCX0">first</span><span class="EOP SCXW1 BCX0">&nbsp;</span></p></li></ol></div></body></html>`,
    lines: ["h2: The harvest", "{bold Cut} and {link=https://example.org/ bind}\u2028again", "ul: rye", "ul in=1: winter rye", "ol: first"],
  },
  {
    from: "LibreOffice Writer: headings, marks, nested lists, a break",
    source: "ckeditor/ckeditor4-docs, features/pastefromlibreoffice; LibreOffice's own HTML export filter",
    html: `<!DOCTYPE html><html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"/><title></title><meta name="generator" content="LibreOffice 7.4.7.2 (Linux)"/><style type="text/css">@page { size: 21cm 29.7cm; margin: 2cm } p { line-height: 115%; margin-bottom: 0.25cm; background: transparent }</style></head><body lang="en-GB" link="#000080" vlink="#800000" dir="ltr"><h2 class="western" style="break-before: auto">The harvest</h2><p style="line-height: 100%; margin-bottom: 0cm"><font color="#c9211e"><font face="Liberation Serif, serif"><font size="4" style="font-size: 14pt">We <b>cut</b> the <i>rye</i> on <strike>Monday</strike><br/>
Tuesday</font></font></font>.</p><ul><li><p style="line-height: 100%; margin-bottom: 0cm">rye</p><ol><li><p style="margin-bottom: 0cm">winter rye</p></li></ol></li><li><p>wheat</p></li></ul><p style="margin-bottom: 0cm"><a href="https://example.org/">the plan</a><br/>
</p></body></html>`,
    lines: [
      "h2: The harvest",
      "We {bold cut} the {italic rye} on {strike Monday}\u2028Tuesday.",
      "ul: rye",
      "ol in=1: winter rye",
      "ul: wheat",
      "{link=https://example.org/ the plan}",
    ],
  },
  {
    from: "LibreOffice Calc: cells",
    source: "LibreOffice's own HTML export filter for cells (sdval, sdnum)",
    html: `<!DOCTYPE html><html><head><meta name="generator" content="LibreOffice 7.4.7.2 (Linux)"/><style type="text/css">body,div,table,thead,tbody,tfoot,tr,th,td,p { font-family:"Liberation Sans"; font-size:x-small }</style></head><body><table cellspacing="0" border="0"><colgroup span="2" width="85"></colgroup><tr><td height="17" align="left"><b>Field</b></td><td align="left"><b>Sacks</b></td></tr><tr><td height="17" align="left">north</td><td align="right" sdval="12.5" sdnum="2057;">12.5</td></tr></table></body></html>`,
    lines: ["p cell: {bold Field}", "p cell: {bold Sacks}", "p cell: north", "p cell: 12.5"],
  },
  {
    from: "Excel: cells, a merged one, an empty one, a break",
    source: `${GUTENBERG}/ms-excel-in.html`,
    html: `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns="http://www.w3.org/TR/REC-html40"><head><meta name=ProgId content=Excel.Sheet><style><!--table {mso-displayed-decimal-separator:"\\.";} .xl65 {font-weight:700;} br {mso-data-placement:same-cell;} --></style></head><body link="#0563C1" vlink="#954F72"><table border=0 cellpadding=0 cellspacing=0 width=174 style='border-collapse:collapse;width:131pt'><!--StartFragment--><col width=87 span=2 style='width:65pt'><tr height=21 style='height:16.0pt'><td height=21 class=xl65 width=87>Field</td><td class=xl65 width=87>Sacks</td></tr><tr height=21><td height=21>north<br>east</td><td align=right x:num>12</td></tr><tr height=21><td height=21></td><td align=right>7</td></tr><tr height=21><td colspan=2 height=21>sum</td></tr><!--EndFragment--></table></body></html>`,
    lines: ["p cell: Field", "p cell: Sacks", "p cell: north\u2028east", "p cell: 12", "p cell: ", "p cell: 7", "p cell: sum"],
  },
  {
    from: "Google Sheets: cells with values beside them",
    source: "roosterjs, paste e2e htmlFromGoogleSheetsClipboardContent; the wrapper as quoted in many bug reports",
    html: `<meta charset='utf-8'><google-sheets-html-origin><style type="text/css"><!--td {border: 1px solid #cccccc;}br {mso-data-placement:same-cell;}--></style><table xmlns="http://www.w3.org/1999/xhtml" cellspacing="0" cellpadding="0" dir="ltr" border="1" style="table-layout:fixed;font-size:10pt;font-family:Arial;width:0px;border-collapse:collapse;border:none" data-sheets-root="1"><colgroup><col width="100"/><col width="100"/></colgroup><tbody><tr style="height:21px;"><td style="overflow:hidden;padding:2px 3px;vertical-align:bottom;font-weight:bold;" data-sheets-value="{&quot;1&quot;:2,&quot;2&quot;:&quot;Field&quot;}">Field</td><td style="font-weight:bold;" data-sheets-value="{&quot;1&quot;:2,&quot;2&quot;:&quot;Sacks&quot;}">Sacks</td></tr><tr style="height:21px;"><td style="color:#ff0000;" data-sheets-value="{&quot;1&quot;:2,&quot;2&quot;:&quot;north&quot;}"><a class="in-cell-link" target="_blank" href="https://example.org/">north</a></td><td data-sheets-value="{&quot;1&quot;:3,&quot;3&quot;:12.5}" data-sheets-numberformat="{&quot;1&quot;:2}">12.50</td></tr></tbody></table>`,
    lines: ["p cell: {bold Field}", "p cell: {bold Sacks}", "p cell: {link=https://example.org/ north}", "p cell: 12.50"],
  },
  {
    from: "Pages: paragraphs of classes",
    source: "the Cocoa HTML Writer's output as quoted in stevengharris/MarkupEditor#133",
    html: `<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd"><html><head><meta http-equiv="Content-Style-Type" content="text/css"><meta name="Generator" content="Cocoa HTML Writer"><style type="text/css">p.p1 {margin: 0.0px; font: 11.0px 'Helvetica Neue'} li.li1 {margin: 0.0px} span.s1 {font: 15px Helvetica}</style></head><body><p class="p1">We <b>cut</b> the rye<span class="Apple-converted-space">&nbsp;</span></p><ul class="ul1"><li class="li1"><span class="s2"></span>rye</li><ul class="ul1"><li class="li1">winter rye</li></ul><li class="li1">wheat</li></ul><p class="p2"><br></p><p class="p1"><a href="https://example.org/"><span class="s1">the plan</span></a></p></body></html>`,
    lines: ["We {bold cut} the rye", "ul: rye", "ul in=1: winter rye", "ul: wheat", "", "{link=https://example.org/ the plan}"],
  },
];
