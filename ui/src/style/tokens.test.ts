/**
 * What can be read can be read by everybody: every pair of colours that meets on the page has contrast enough, in both themes. Computed by WCAG 2
 * from the tokens as they stand in tokens.css: words 4.5, edges and signs 3.
 */
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { TOKEN_KINDS } from "../editor/code/tokens.ts";

type Rgb = readonly [number, number, number];

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const tokens = new Map([...css.matchAll(/--([\w-]+):\s*([^;]+);/gu)].map(([, name = "", value = ""]) => [name, value.trim()]));

/** Red, green and blue of light, 0 to 1, not yet bent for a screen (oklab's own matrices, bottosson.github.io/posts/oklab). */
function linear(colour: string): Rgb {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/u.exec(colour);
  if (hex) return hex.slice(1).map((part) => straightened(parseInt(part, 16) / 255)) as unknown as Rgb;
  const [, lightness, chroma, hue] = /^oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)$/u.exec(colour) ?? [];
  if (hue === undefined) throw new Error(`${colour} is written in a way that this test does not read`);
  const L = Number(lightness) / 100;
  const a = Number(chroma) * Math.cos((Number(hue) * Math.PI) / 180);
  const b = Number(chroma) * Math.sin((Number(hue) * Math.PI) / 180);
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const within = (part: number): number => Math.min(1, Math.max(0, part));
  return [
    within(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    within(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    within(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

const straightened = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const luminance = ([red, green, blue]: Rgb): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

function colour(token: string, theme: "light" | "dark"): Rgb {
  const value = tokens.get(token);
  if (value === undefined) throw new Error(`there is no --${token}`);
  const other = /^var\(--([\w-]+)\)$/u.exec(value);
  if (other?.[1]) return colour(other[1], theme);
  const [, light = "", dark = ""] = /^light-dark\((.+\)|#\w+), ((?:oklch|#).+)\)$/u.exec(value) ?? [];
  return linear(theme === "light" ? light : dark);
}

function contrast(one: string, other: string, theme: "light" | "dark"): number {
  const [brighter = 0, darker = 0] = [colour(one, theme), colour(other, theme)].map(luminance).sort((a, b) => b - a);
  return (brighter + 0.05) / (darker + 0.05);
}

const SURFACES = ["canvas", "paper", "sidebar", "raised"];
const PEOPLE = ["blue", "teal", "green", "lime", "amber", "orange", "red", "pink", "magenta", "violet"];
const PENS = ["yellow", "orange", "pink", "purple", "blue", "green"];

const words: [string, string][] = [
  ...[...SURFACES, "hover", "active"].flatMap((ground): [string, string][] => [
    ["text", ground],
    ["muted", ground],
  ]),
  ...SURFACES.flatMap((ground): [string, string][] => [
    ["subtle", ground],
    ["accent", ground],
    ["danger", ground],
  ]),
  // The one word of a toast that can be pressed, under the pointer.
  ["accent", "hover"],
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["text", "accent-soft"],
  ["inserted", "inserted-soft"],
  ["deleted", "deleted-soft"],
  ...["comment", "comment-active", "selection", ...PENS.map((pen) => `highlight-${pen}`)].map((ground): [string, string] => [
    "text",
    ground,
  ]),
  ...PEOPLE.map((person): [string, string] => ["on-person", `person-${person}`]),
  // Code stands on the canvas.
  ...TOKEN_KINDS.map((kind): [string, string] => [`code-${kind}`, "canvas"]),
];

const signs: [string, string][] = [
  // Fields, and the focus on whatever it is on.
  ...SURFACES.flatMap((ground): [string, string][] => [
    ["line-strong", ground],
    ["accent", ground],
    ["ok", ground],
    ["warn", ground],
    ["subtle", ground],
  ]),
  ["subtle", "hover"],
  ["subtle", "active"],
  ["accent", "accent-soft"],
  ["accent", "active"],
  // Others' carets stand in the text.
  ...PEOPLE.map((person): [string, string] => [`person-${person}`, "paper"]),
];

describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
  it.each(words)("%s can be read on %s", (one, other) => {
    expect(contrast(one, other, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(signs)("%s is to be seen on %s", (one, other) => {
    expect(contrast(one, other, theme)).toBeGreaterThanOrEqual(3);
  });
});

it("the contrast is computed as WCAG computes it", () => {
  tokens.set("test-black", "light-dark(#000000, #000000)").set("test-white", "light-dark(#ffffff, #ffffff)");
  tokens.set("test-grey", "light-dark(#767676, oklch(56.6% 0 0))");
  expect(contrast("test-black", "test-white", "light")).toBeCloseTo(21, 5);
  expect(contrast("test-grey", "test-white", "light")).toBeCloseTo(4.54, 2);
  expect(contrast("test-grey", "test-white", "dark")).toBeCloseTo(4.54, 1);
});
