/** What a hostile peer might put into a document or say of itself: a payload in every place that holds a string, and every place with a value of another type. */
import { Delta } from "../../src/editor/delta.ts";
import type { Payload } from "./payloads.ts";

/** Longer than a record would carry is not worth sending. */
const LONGEST = 20_000;

/** One turn of a hostile peer's, at the end of a text of `length` units. */
export function hostileDelta({ words, html, token }: Payload, length: number): Delta {
  const hostile = words.slice(0, LONGEST);
  const markup = html.slice(0, LONGEST);
  const odd: unknown[] = [[hostile], { href: hostile }, { toString: hostile }, 7, false, ["script", {}, hostile]];
  const type = odd[Number(token.slice(1)) % odd.length];
  const ops: unknown[] = [
    { retain: length },
    { insert: `${token} ${markup.replaceAll("\n", " ")}` },
    { insert: "\n", attributes: { line: hostile, block: hostile } },
    { insert: "link", attributes: { link: hostile } },
    { insert: "pen", attributes: { background: hostile, bold: hostile, code: markup } },
    { insert: "odd", attributes: { link: type, background: type, italic: type, underline: 1 } },
    {
      insert: "key",
      attributes: { [hostile.slice(0, 200)]: hostile, onclick: hostile, style: hostile, href: hostile, class: hostile, id: hostile },
    },
    { insert: "\n", attributes: { line: type, block: type } },
    { insert: { source: markup } },
    { insert: { source: type } },
    { insert: { [hostile.slice(0, 200)]: markup } },
    { insert: { image: hostile } },
    { insert: { image: { src: hostile, alt: markup, onerror: hostile } } },
    { insert: { math: markup } },
    { insert: { diagram: markup } },
    { insert: JSON.parse(`{"__proto__":{"canary":1}}`) as unknown },
    { insert: "\n", attributes: { line: `${token}" onclick="x`, block: `code lang=${encodeURIComponent(hostile.slice(0, 100))}` } },
    { insert: "proto", attributes: JSON.parse(`{"__proto__":"x","constructor":"y"}`) as unknown },
    { insert: "\n", attributes: { line: token, block: `h1 ${hostile}` } },
    { insert: "cell" },
    { insert: "\n", attributes: { line: `${token}c`, block: `p cell=${hostile}.r.c head w=50` } },
    { insert: "cell" },
    { insert: "\n", attributes: { line: `${token}d`, block: `p cell=t${token}.r.c w=500` } },
    { insert: "task" },
    { insert: "\n", attributes: { line: `${token}e`, block: `task done in=3 ${hostile}` } },
  ];
  return new Delta(ops as never);
}

/** Peers of a hostile network: every field of the presence lane, as text and as something else. */
export function hostilePeers({ words, html, token }: Payload, length: number): unknown[] {
  const hostile = words.slice(0, LONGEST);
  const at = Math.max(0, length - 1);
  return [
    { peer: hostile, device: hostile, name: hostile, colour: hostile, anchor: 0, head: at, typing: true },
    { peer: `${token}b`, device: html, name: html.slice(0, LONGEST), colour: "red);background:url(x", anchor: 0, head: 0, typing: hostile },
    { peer: 3, device: "d", name: "n", colour: "teal", anchor: -5, head: 1e12, typing: false },
    { peer: 4, device: "e", name: "n", colour: "teal", anchor: hostile, head: [hostile], typing: false },
  ];
}
