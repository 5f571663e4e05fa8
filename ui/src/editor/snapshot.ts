/** What the chrome may know of an editor at one moment, and what it is told as it happens. Plain data, nothing of ProseMirror. */
import { sharedBlock } from "./editing/blocks.ts";
import { activeMarks } from "./editing/marks.ts";
import type { View } from "./view.ts";
import type { ChosenCells } from "./lines/cells.ts";
import type { CellMenuAsked, CellsTold } from "./cells/cells.ts";
import type { BlockMenuAsked } from "./handle/blocks.ts";
import type { ChosenTold } from "./handle/chosen.ts";
import type { AttachingState, PicturesLeft } from "./attachments/attaching.ts";
import type { Stranded } from "./lane/books.ts";
import type { Selection } from "./lane/undo.ts";
import type { MentionState } from "./menus/mention.ts";
import type { SlashState } from "./menus/slash.ts";
import type { Box } from "./screen.ts";

/** The state of an editor. A new object whenever something in it changed. */
export interface EditorSnapshot {
  readonly role: string;
  readonly editable: boolean;
  /** Everything I typed is on this device's disk. */
  readonly saved: boolean;
  /** Since when something is not, in milliseconds of the clock handed in. */
  readonly unsavedSince: number | undefined;
  readonly focused: boolean;
  readonly empty: boolean;
  readonly selection: Selection;
  /** Marks that all of the selection carries. */
  readonly marks: ReadonlySet<string>;
  /** The kind that all selected lines share, or `mixed`. */
  readonly kind: string;
  readonly quote: boolean;
  /** Language of the code the caret is in. */
  readonly language: string;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly words: number;
  readonly selectedWords: number;
  readonly slash: (SlashState & { readonly box: Box | undefined }) | undefined;
  /** What could be named where the caret is. */
  readonly mention: (MentionState & { readonly box: Box | undefined }) | undefined;
  /** Where the selection toolbar belongs; undefined when it should not be seen. */
  readonly toolbar: Box | undefined;
}

/** A link that was clicked or reached with keys, or that is to be made. */
export interface LinkAsked {
  readonly href: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** The cells whose words it is, or is to be, on; absent: what stands from `from` to `to`. */
  readonly cells?: ChosenCells;
  readonly box: Box | undefined;
  /** Reached with keys, which go on there; or about to be opened although its words name another address. */
  readonly by?: "keys" | "opening";
}

/** Somebody who has this document open, with or without a caret in the text. */
export interface Here {
  readonly peer: string;
  readonly device: string;
  readonly name: string;
  readonly colour: string;
  readonly typing: boolean;
  readonly inText: boolean;
}

/** Markdown that was pasted as plain text. */
export interface MarkdownPasted {
  /** Turns it into what it means, as one more undoable edit. Answers false when it is not what was pasted any more. */
  accept(): Promise<boolean>;
}

/** What an editor says as it happens. */
export interface EditorEvents {
  /** A link was clicked: show where it goes. */
  link: LinkAsked;
  /** A link is wanted for the selection (Mod+K): ask for its address, then call `setLink`. */
  linkWanted: LinkAsked;
  /** The selection's toolbar was asked for with keys: they go on in it. */
  toolbarWanted: undefined;
  /** Markdown was pasted as plain text. */
  markdownPasted: MarkdownPasted;
  /** Words of mine lost their place in a rebuilt text. */
  rescued: readonly Stranded[];
  /** Who is here. */
  people: readonly Here[];
  /** Something that should never happen was mended, or saving does not work and why. */
  trouble: string;
  role: string;
  /** How far a file is on its way to the core. */
  attaching: AttachingState;
  /** A file was not attached; without a name: the picture on the clipboard. Without an error: nothing may be put into the text any more. */
  notAttached: { readonly name: string; readonly error?: unknown };
  /** Pictures of what was pasted did not come along. */
  picturesLeft: PicturesLeft;
  /** What is below a heading was hidden, or shown again. */
  folded: { readonly heading: string; readonly folded: boolean };
  /** Whole blocks were chosen, or none is chosen any more. */
  chosen: ChosenTold;
  /** What can be done to blocks is to be shown. */
  blockMenu: BlockMenuAsked;
  /** Cells were chosen, or none is chosen any more. */
  cells: CellsTold;
  /** What can be done to rows and columns is to be shown. */
  cellMenu: CellMenuAsked;
}

/** What only the editor itself knows of its state. */
type Known = Pick<EditorSnapshot, "unsavedSince" | "focused" | "words" | "selectedWords" | "slash" | "mention" | "toolbar">;

/** The state of a view, with what its editor knows besides. */
export function snapshotOf({ page, lane, undo }: View, known: Known): EditorSnapshot {
  const block = sharedBlock(page);
  return {
    ...known,
    role: lane.role,
    editable: page.editable,
    saved: !lane.isUnsaved,
    empty: page.lines.length <= 1,
    selection: page.selection,
    marks: activeMarks(page),
    kind: block.kind,
    quote: block.quote,
    language: block.language,
    canUndo: undo.canUndo && page.editable,
    canRedo: undo.canRedo && page.editable,
  };
}
