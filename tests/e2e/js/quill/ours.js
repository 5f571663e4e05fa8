/** The page with our own editor, bare, on a document of the node that the address names. */
import "../../../../ui/src/style/tokens.css";
import { Editor } from "../../../../ui/src/editor/index.ts";
import { overSocket } from "../../../../ui/src/ipc/socket.ts";
import { ourHand } from "./hands.js";

const { lanes, token, document: id } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const wire = await overSocket(lanes, token);
const editor = await Editor.open({ wire, document: id, openOutside: () => {}, words: { placeholder: "", newer: "newer", source: "source" } });
editor.mount(document.getElementById("host"));
const troubles = [];
editor.on("trouble", (what) => troubles.push(what));
window.page = { act: ourHand(editor), editor, troubles };
