/** The editor's door: what the chrome may name. */
export { Editor, type EditorOptions } from "./editor.ts";
export type { EditorWords } from "./words.ts";
export { LANGUAGES, languageNamed } from "./code/languages.ts";
export type { CodePlace } from "./code/place.ts";
export type { CommandName } from "./commands.ts";
export type { EditorEvents, EditorSnapshot, Here, LinkAsked } from "./snapshot.ts";
export { hasPictures, illustrate } from "./pictures/paper.ts";
export type { SlashItem, SlashState } from "./menus/slash.ts";
export type { Outline } from "./outline/outline.ts";
export type { Heading } from "./outline/headings.ts";
export type { Box } from "./screen.ts";
export { colourName } from "./presence/cursors.ts";
export { isMac } from "./editing/keys.ts";
export { type Wording, kindOf } from "./editing/wording.ts";
export { disguised, leadsElsewhere, revealed } from "./links/seen.ts";
export { safeUrl, urlFromInput } from "./links/url.ts";
