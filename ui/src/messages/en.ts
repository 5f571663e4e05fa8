/**
 * Every sentence the chrome says, in English. One object, so that another language is another file of the same shape (`Messages`).
 * Plain words: no jargon, and never "synced".
 */
import { audit, invitations, join, members, readOnly, share } from "./access.en.ts";
import { devices } from "./devices.en.ts";
import { core } from "./core.en.ts";
import { blocks, counts, shortcuts } from "./writing.en.ts";
import { attachments } from "./attachments.en.ts";
import { folders } from "./folders.en.ts";
import { speaking } from "./speaking.ts";

const { categories, count, decimal, form, list, plural, size } = speaking("en", ["one", "other"]);

/** A time as people feel it: under a millisecond nothing is to be told. */
const time = (ms: number): string => {
  if (ms < 1) return "under 1 ms";
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  return `${ms < 10_000 ? decimal(ms / 1000) : count.format(Math.round(ms / 1000))} s`;
};

const SMALL = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"];
/** A number that begins a sentence. */
const countedWord = (n: number): string => SMALL[n] ?? count.format(n);

/** Why a device is turned away. */
const refusals: Readonly<Record<string, string>> = {
  stranger: "not known as a member",
  ticket: "an invitation that does not count",
  unknown: "no such document",
  waiting: "no first copy yet",
  removed: "removed or left",
  invalid: "something invalid was sent",
  version: "another version",
};

export const en = {
  /** The plural categories of the language. */
  categories: categories as readonly Intl.LDMLPluralRule[],

  appName: "Sheaf",
  untitled: "Untitled",
  savedAs: (path: string) => `Saved as ${path}`,
  somebody: "Somebody",
  names: (people: readonly string[]) => list.format(people),
  /** A shortcut as the keys are labelled. */
  keys: (shortcut: string) => shortcut,

  when: {
    now: "just now",
    on: (day: string) => day,
  },

  /** What the core says. */
  core,
  noKey: "This page was opened without its key. Start it again with `sheaf up --bridge`.",
  unanswered: "Sheaf did not answer. Whether it was done is not known.",

  /** The menu of the tray. */
  tray: { open: "Open Sheaf", quit: "Quit Sheaf" },

  library: {
    label: "Library",
    documents: "Documents",
    trash: "Trash",
    settings: "Settings",
    join: "Join with an invitation",
    newDocument: "New document",
    hide: "Hide the sidebar",
    show: "Show the sidebar",
    empty: "No documents yet",
    emptyHint: "Write one, or join somebody else’s with an invitation.",
    waiting: "Waiting for the first copy",
    actions: (title: string) => `Actions for ${title}`,
    rename: "Rename",
    duplicate: "Duplicate",
    print: "Print…",
    moveToTrash: "Move to trash",
    width: "Width of the page",
    widths: { narrow: "Narrow", normal: "Normal", wide: "Wide" },
    trashed: (title: string) => `“${title}” is in the trash.`,
    undo: "Undo",
    restore: "Restore",
    trashEmpty: "The trash is empty",
    trashHint: "Documents stay here until you restore them. People you shared them with keep their own copies.",
    back: "Back to the documents",
    rowShared: (people: number) => plural(people, "person", "people"),
  },

  document: {
    titlePlaceholder: "Title",
    titleLabel: "Title of the document",
    textLabel: "Document text",
    placeholder: "Write, or press / for blocks",
    words: (n: number) => plural(n, "word", "words"),
    selectedWords: (n: number, all: number) => `${count.format(n)} of ${plural(all, "word", "words")}`,
    edited: (when: string) => `Edited ${when}`,
    focus: "Focus mode: only the text",
    focusLeave: "Leave focus mode",
    waitingTitle: (person: string) => `Waiting for ${person} to come online`,
    waitingHint: "You can close this; we will keep trying.",
    opening: "Opening…",
    newer: "Made with a newer version",
    notHere: "This document is not in your library",
    table: "Rows and columns",
    row: "This row",
    column: "This column",
    done: "Done",
    toDo: "To do",
    handle: "Drag to move, press for more",
    source: "Markdown",
    formulaField: "Formula in TeX",
    formulaEmpty: "Formula",
    formulaProblem: "Cannot be drawn as a formula yet",
    diagramProblem: "Cannot be drawn as a diagram yet",
    diagram: "Diagram",
    footnote: (number: number) => `Footnote ${count.format(number)}`,
    footnoteMissing: "This footnote has no words",
    contents: "Contents",
    contentsEmpty: "Add headings, and they are listed here.",
    markdownPasted: "Pasted as plain text.",
    markdownFormat: "Format as Markdown",
    markdownChanged: "What you pasted has been changed since, and stays as it is.",
    notCopied: "Nothing was copied: the clipboard did not take it.",
    rebuilt: "This document was put together again from its records. Check the last words you wrote.",
  },

  blocks,

  counts,

  shortcuts,

  attachments,
  folders,

  find: {
    open: "Find in this document",
    label: "Find and replace",
    placeholder: "Find",
    replaceWith: "Replace with",
    matchCase: "Match case",
    wholeWord: "Whole words",
    regex: "Regular expression",
    withReplace: "Replace as well",
    previous: "Previous result",
    next: "Next result",
    close: "Close",
    replace: "Replace",
    replaceAll: "Replace all",
    nth: (nth: number, all: number) => `${count.format(nth)} of ${count.format(all)}`,
    found: (n: number) => `${count.format(n)} found`,
    none: "No results",
    searching: "Searching…",
    replaced: (n: number) => `${count.format(n)} replaced`,
    problems: {
      mistake: "This expression is not complete, or has a mistake in it.",
      slow: "This expression takes too long. Try a simpler one.",
      failed: "Expressions cannot be used here just now.",
    },
  },

  outline: {
    label: "Outline",
    show: "Show the outline",
    hide: "Hide the outline",
    empty: "Add headings to see an outline.",
    unnamed: "Empty heading",
    copyLink: "Copy link to this heading",
    linkCopied: "The link is on the clipboard.",
    linkNotCopied: "The link could not be put on the clipboard.",
    gone: "The part that the link leads to is not in this document any more.",
    folded: (heading: string) => `Hidden below ${heading}`,
    unfolded: (heading: string) => `Shown again below ${heading}`,
  },

  backlinks: {
    title: (n: number) => `Named in ${plural(n, "document", "documents")}`,
    unlinked: (n: number) => `Said without a link in ${plural(n, "document", "documents")}`,
    linkIt: "Link it",
    linkItIn: (title: string) => `Link it in ${title}`,
  },

  share,

  invitations,

  members,

  join,

  readOnly,

  audit,

  status: {
    label: "Where this document is",
    saved: "Saved on this device",
    saving: "Saving…",
    notSaved: (reason: string) => `Not saved: ${reason}`,
    upToDateWith: (people: string) => `Up to date with ${people}`,
    upToDateWithSome: (some: number, all: number) => `Up to date with ${some} of ${plural(all, "person", "people")}`,
    nobody: "Nobody else is online",
    offline: "Offline",
    edits: (waiting: number) => `${plural(waiting, "edit", "edits")} waiting`,
    sending: (people: string) => `Sending to ${people}…`,
    getting: (person: string, bytes: number, total: number | null) =>
      `Getting the first copy from ${person}, ${total === null ? size(bytes) : `${size(bytes)} of ${size(total)}`}`,
    panel: "People and sync",
    open: "Show who has this document",
    catchingUp: (changes: number, people: string) => `Getting ${plural(changes, "change", "changes")} from ${people}…`,
    coming: (changes: number) => `${plural(changes, "change", "changes")} on the way here`,
    hasAll: (when: string) => `Has everything, confirmed ${when}`,
    hasAllNow: "Has everything",
    behind: (edits: number) => `${plural(edits, "edit", "edits")} not yet there`,
    unreachable: (when: string) => `Not reachable, last seen ${when}`,
    refused: (reason: string) => `Refused: ${reason}`,
    waiting: "Waiting for the first copy",
    waitingFor: (person: string) => `Waiting for the first copy from ${person}`,
    direct: (ms: number) => `direct, ${count.format(ms)} ms`,
    relayed: (ms: number) => `through a relay, ${count.format(ms)} ms`,
    mine: "this device",
    check: "Check the connection",
    checkAgain: "Check again",
    findings: "What works and what does not",
    health: { works: "Works", fails: "Does not work", unused: "Not used" },
    nothingShared: "This document is only on this device.",
    connectionLost: "Sheaf stopped answering. Your text is still here; nothing new is being saved.",
    retry: "Try again",
    alreadySaved: "Already saved on this device",
  },

  who: {
    ask: "Who has this paragraph?",
    title: "Who has this paragraph",
    here: "This device",
    hereHint: "Saved here",
    hasIt: (when: string) => `Has it, confirmed ${when}`,
    notYet: "Does not have it yet",
    onItsWay: "Connected, has not confirmed it yet",
    notYetSeen: (when: string) => `Does not have it yet, last seen ${when}`,
    unknown: "Has not said yet what it has",
    refused: (reason: string) => `Refused: ${reason}`,
    changedBy: (person: string) => `Last changed by ${person}.`,
    changedHere: "Last changed on this device.",
    how: "A device counts when it has confirmed that it keeps this paragraph as it is now.",
    alone: "This document is only on this device.",
    asking: "Asking…",
  },

  details: {
    title: "Details",
    hint: "Since Sheaf was started. Counted on this device, sent nowhere.",
    saving: "Time until an edit is saved here",
    confirming: "Time until another device confirms an edit",
    time: (mean: number, most: number | null) =>
      most === null ? `${time(mean)} on average` : `${time(mean)} on average, 9 in 10 within ${time(most)}`,
    none: "nothing to tell yet",
    stored: "Changes stored",
    storedCount: (n: number, bytes: number) => `${count.format(n)} (${size(bytes)})`,
    merges: "Came together with edits made here meanwhile",
    duplicates: "Changes that came more than once",
    resyncs: "Times a slow connection was compared anew",
    putAside: "Changes that could not be used",
    waited: "Most that waited for its turn at once",
    refused: "Refused here",
    refusedThere: "Refused by others",
    refusals: (by: Readonly<Record<string, number>>) =>
      list.format(Object.entries(by).map(([reason, times]) => `${refusals[reason] ?? reason} (${count.format(times)})`)),
    number: (n: number) => count.format(n),
    connection: (person: string) => `Connection to ${person}`,
    direct: "Direct",
    relayed: "Through a relay",
    finding: "Finding the way",
    trip: (ms: number) => `${time(ms)} there and back`,
    traffic: (sent: number, received: number) => `${size(sent)} sent, ${size(received)} received`,
    messages: (n: number) => plural(n, "message", "messages"),
    session: (id: string) => `Session ${id}`,
  },

  statistics: {
    title: "What this device has done",
    hint: (since: string) => `Counted on this device since ${since}, kept here, sent nowhere.`,
    words: "Words written",
    edits: "Edits made",
    merges: "Merged with edits of others",
    people: "People written with",
    sent: "Sent",
    received: "Received",
    number: (n: number) => count.format(n),
    size: (bytes: number) => (bytes === 0 ? "0 KB" : size(bytes)),
  },

  presence: {
    label: "People here",
    writing: (names: readonly string[]) =>
      names.length > 2
        ? `${plural(names.length, "person", "people")} are writing`
        : `${list.format(names)} ${form(names.length, "is", "are")} writing`,
    editing: (names: readonly string[]) =>
      names.length > 2
        ? `${plural(names.length, "person", "people")} are editing`
        : `${list.format(names)} ${form(names.length, "is", "are")} editing`,
    more: (n: number) => `and ${plural(n, "other", "others")}`,
    jump: (person: string) => `Go to where ${person} is`,
    here: (names: readonly string[]) =>
      names.length === 0 ? "Nobody else is here" : `${list.format(names)} ${form(names.length, "is", "are")} here`,
  },

  rescued: {
    title: "Kept for you",
    explain: (n: number) =>
      `${plural(n, "piece of text", "pieces of text")} you wrote had its place removed by someone else. It is safe here.`,
    putBack: "Put it back",
    dismiss: "Dismiss",
  },

  review: {
    label: "Changed while you were apart",
    summary: (n: number, people: readonly string[]) =>
      `${countedWord(n)} ${form(n, "paragraph was", "paragraphs were")} changed by you and by ${list.format(people)} while you were apart`,
    merged: "All of it is in the text. Here is what each of you had before.",
    review: "Review",
    hide: "Hide",
    more: (n: number) => `${plural(n, "more paragraph is", "more paragraphs are")} not listed here.`,
    you: "You had",
    they: (people: readonly string[]) => `${list.format(people)} had`,
    removed: "Removed",
    show: "Show",
    showNamed: (nth: number) => `Show paragraph ${count.format(nth)} in the text`,
    use: "Use this wording",
    useNamed: (nth: number, whose: string) => `Use this wording of paragraph ${count.format(nth)}: ${whose}`,
    remove: "Remove it",
    removeNamed: (nth: number) => `Remove it: paragraph ${count.format(nth)}`,
    used: "The paragraph now reads as you chose. Undo takes that back.",
    gone: "This paragraph is not in the text any more.",
    kinds: {
      p: "Text",
      h1: "Heading 1",
      h2: "Heading 2",
      h3: "Heading 3",
      h4: "Heading 4",
      h5: "Heading 5",
      h6: "Heading 6",
      ul: "Bullet list",
      ol: "Numbered list",
      task: "Task",
      code: "Code",
      divider: "Divider",
    } as Readonly<Record<string, string>>,
  },

  devices,

  settings: {
    search: "Search the settings",
    nothing: (query: string) => `No setting for “${query}”`,
    reset: "Reset",
    resetNamed: (section: string) => `Reset ${section}`,
    resetBack: "Undo",
    resetBackNamed: (section: string) => `Undo the reset of ${section}`,
    title: "Settings",
    you: "You",
    name: "Your name",
    colour: "Your colour",
    colours: {
      blue: "blue",
      teal: "teal",
      green: "green",
      lime: "lime",
      amber: "amber",
      orange: "orange",
      red: "red",
      pink: "pink",
      magenta: "magenta",
      violet: "violet",
    },
    appearance: "Appearance",
    language: "Language",
    theme: "Theme",
    system: "Like the system",
    light: "Light",
    dark: "Dark",
    font: "Text of documents",
    serif: "Serif",
    sans: "Sans",
    mono: "Mono",
    writing: "Writing",
    typography: "Typographic signs as you type",
    typographyHint: (sample: string) => `${sample}, dashes, … and arrows. Undo right after gives back what you typed. Never in code.`,
    spelling: "Underline misspelled words",
    spellingHint:
      "The menu of a word offers corrections and adds it to your own word list of the language. There must be a dictionary for the language on this computer.",
    writtenIn: "Language of this document",
    zoom: "Size of everything",
    zoomed: (percent: number) => `${count.format(percent)} %`,
    reading: "Reading aloud",
    wholeText: "Keep the whole document for screen readers",
    wholeTextHint:
      "Of a document with more than 2,000 lines only the part around what you see is on the page. Turn this on to have all of it read; typing gets slower.",
    page: "This document",
    width: "Width of the page",
    together: "Writing together",
    theirCarets: "Show where others are",
    myCaret: "Show others where I am",
    files: "Images and files",
    fetch: "Fetch by themselves",
    fetchNone: "None",
    fetchAll: "All of them",
    fetchUpTo: (megabytes: number) =>
      megabytes >= 1024 ? `Up to ${count.format(megabytes / 1024)} GB` : `Up to ${count.format(megabytes)} MB`,
    fetchHint: "What is larger waits in the document until you ask for it.",
    closing: "When the window is closed",
    background: "Keep Sheaf running",
    backgroundHint:
      "Documents go on reaching others. Sheaf waits in the tray; where the desktop has none, the window is minimised instead. Open Sheaf again to get it back.",
    network: "Network",
    networkHint: "Nothing is contacted until you share or join a document.",
    profile: "Find other devices",
    anywhere: "Anywhere",
    local: "Local network",
    direct: "Direct addresses",
    relay: "My own relay",
    relayUrl: "Address of the relay",
    data: "This device",
    device: "Device",
  },

  format: {
    toolbar: "Format the selection",
    mention: "Name somebody, a document or a day",
    newDocument: (name: string) => `New document “${name}”`,
    bold: "Bold",
    italic: "Italic",
    underline: "Underline",
    strike: "Strikethrough",
    code: "Code",
    codeBar: "This code",
    codeLanguage: "Language of this code",
    codePlain: "Plain text",
    codeCopy: "Copy this code",
    codeCopied: "Copied",
    highlight: "Highlight",
    link: "Link",
    insert: "Insert a block",
    inTable: "Change the table",
    inCallout: "Change the callout",
    none: (query: string) => `No block named “${query}”`,
    blocks: {
      p: "Text",
      h1: "Heading 1",
      h2: "Heading 2",
      h3: "Heading 3",
      ul: "Bullet list",
      ol: "Numbered list",
      task: "Task list",
      quote: "Quote",
      code: "Code block",
      divider: "Divider",
      callout: "Callout",
      note: "Note",
      tip: "Tip",
      important: "Important",
      warning: "Warning",
      caution: "Caution",
      calloutToQuote: "Make it a quote",
      calloutToText: "Make it plain text",
      footnote: "Footnote",
      toc: "Table of contents",
      formula: "Formula in a line",
      math: "Formula",
      mermaid: "Diagram",
      image: "Image…",
      file: "File…",
      table: "Table",
      rowBelow: "Add row below",
      rowAbove: "Add row above",
      columnRight: "Add column right",
      columnLeft: "Add column left",
      rowUp: "Move row up",
      rowDown: "Move row down",
      columnToLeft: "Move column left",
      columnToRight: "Move column right",
      duplicateRow: "Duplicate row",
      duplicateColumn: "Duplicate column",
      header: "Header row on or off",
      wider: "Wider column",
      narrower: "Narrower column",
      alignStart: "Align column at the start",
      alignCentre: "Centre column",
      alignEnd: "Align column at the end",
      tableUp: "Move table up",
      tableDown: "Move table down",
      chooseRow: "Select row",
      chooseColumn: "Select column",
      chooseTable: "Select table",
      deleteRow: "Delete row",
      deleteColumn: "Delete column",
      deleteTable: "Delete table",
    } as Readonly<Record<string, string>>,
    /** What is done to several rows or columns at once. */
    several: {
      rowUp: (rows: number) => `Move ${count.format(rows)} rows up`,
      rowDown: (rows: number) => `Move ${count.format(rows)} rows down`,
      duplicateRow: (rows: number) => `Duplicate ${count.format(rows)} rows`,
      deleteRow: (rows: number) => `Delete ${count.format(rows)} rows`,
      columnToLeft: (columns: number) => `Move ${count.format(columns)} columns left`,
      columnToRight: (columns: number) => `Move ${count.format(columns)} columns right`,
      duplicateColumn: (columns: number) => `Duplicate ${count.format(columns)} columns`,
      deleteColumn: (columns: number) => `Delete ${count.format(columns)} columns`,
    } as Readonly<Record<string, (count: number) => string>>,
    /** Other words under which a block is found; those of English stand with the blocks (src/editor/menus/slash.ts). */
    blocksAlso: {} as Readonly<Record<string, readonly string[]>>,
    turnInto: "Turn into",
    linkAddress: "Address",
    linkOpen: "Open",
    linkCopy: "Copy the address",
    linkEdit: "Edit",
    linkRemove: "Remove the link",
    linkApply: "Set the link",
    linkLeads: (host: string) => `Leads to ${host}`,
    linkHidden: (sign: string) => `a hidden sign, ${sign}`,
    linkClosed: "Only web and mail addresses can be opened.",
    linkElsewhere: "The words of this link name another address than the one it leads to.",
    linkSays: "It says",
    linkLeadsTo: "It leads to",
    linkAnyway: "Open it",
    linkBad: "Only web and mail addresses can be links.",
  },

  /** The first document of a new profile: short, real, editable, deletable. Each line is a thing to try (ux.md 2 and 3). */
  welcome: {
    title: "Welcome to Sheaf",
    markdown: `Your documents live on this computer. Share an invitation to edit with someone directly.

## Try it here

- [ ] Tick this box with a click
- [ ] Type \`/\` on an empty line and choose a block
- [ ] Select a few words and make them **bold**
- [ ] Start a line with \`#\` and a space for a heading
- [ ] Press Ctrl+Z: it takes back what *you* did, never what somebody else wrote

## Write with someone

Press **Share**, copy the invitation, and send it to someone you trust. You will see each other's words as you type. Go offline whenever you like: both of you can go on writing, and everything comes together when you meet again.

> Nothing you type waits for a network, and nothing leaves this computer before you share.
`,
  },

  actions: { cancel: "Cancel", close: "Close", done: "Done" },
} as const;

/** What another language must say: the same keys, with sentences of its own. */
type Said<T> = T extends string
  ? string
  : T extends (...told: infer Told) => string
    ? (...told: Told) => string
    : T extends readonly unknown[]
      ? T
      : { readonly [Key in keyof T]: Said<T[Key]> };
export type Messages = Said<typeof en>;
