/** The words for folders (a part of en.ts). */
import { speaking } from "./speaking.ts";

const { plural } = speaking("en", ["one", "other"]);

export const folders = {
  title: "Folders",
  create: "New folder",
  name: "New folder",
  label: (name: string) => `Folder ${name}`,
  labelShared: (name: string, people: number) => `Folder ${name}, shared by ${plural(people, "person", "people")}`,
  labelGone: (name: string) => `Folder ${name}, which you are not in any more`,
  actions: (name: string) => `Actions for the folder ${name}`,
  open: "Show what is in it",
  close: "Hide what is in it",
  empty: "Nothing in it yet",
  coming: (n: number) => `${plural(n, "document is", "documents are")} on the way`,
  newIn: "New document in it",
  share: "Share folder…",
  move: "Folder",
  none: "In no folder",
  shareTitle: (name: string) => `Share the folder “${name}”`,
  shareExplain:
    "Whoever joins gets every document in this folder, with the same role: those that are in it now, and those that come into it later. What somebody adds belongs to the folder’s owner from then on.",
  explain: "Send this invitation to someone you trust. Whoever has it can open everything in the folder.",
  within: (name: string) => `Everybody in the folder “${name}” is in this document, and who of them may do what is decided there.`,
  withinOpen: "Show the folder’s people",
  alone: "in this document alone",
  inviteAlone: "Invite to this document alone",
  withinHint: "Whoever joins with this gets this document and nothing else of the folder.",
  forFolder: "Everybody in the folder",
  moveTitle: (title: string) => `Move “${title}”?`,
  moveIn: (name: string, people: number) =>
    people > 1
      ? `${plural(people, "person is", "people are")} in the folder “${name}”. They, and whoever joins it later, get this document.`
      : "",
  moveInOwned: "It belongs to the folder’s owner from then on, who can give roles in it and remove people, you too.",
  moveOut: (name: string) =>
    `Whoever has this document keeps it and goes on getting what is written. Whoever joins the folder “${name}” later does not get it. To take it from somebody, remove them in the document.`,
  moveNow: "Move",
  moved: (title: string, name: string) => `“${title}” is in the folder “${name}”.`,
  movedOut: (title: string) => `“${title}” is in no folder.`,
  joined: (name: string) => `The folder “${name}” is in your library. Its documents come by themselves.`,
  ticket: (n: number) =>
    n === 0 ? "This is a folder, with nothing in it yet." : `This is a folder with ${plural(n, "document", "documents")} in it.`,
  ticketHint: "You get everything that is in it, and what comes into it later.",
  leave: "Leave this folder",
  leaving:
    "You leave the folder and every document in it. You keep the copies that are here. They no longer change, and you come back only with a new invitation.",
  remove: "Remove from the folder",
  removing: (person: string) =>
    `${person} is removed from the folder and from every document in it, and so is whoever came in by their invitations to these. They keep the copies they have. Once the others know, they get nothing new.`,
};
