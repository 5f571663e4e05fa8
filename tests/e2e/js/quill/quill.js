/** The page with Quill, as it comes from npm, on a document of the node that the address names. */
import "quill/dist/quill.core.css";
import Quill from "quill";

import { overSocket } from "../../../../ui/src/ipc/socket.ts";
import { QuillView, shown } from "./adapter.js";
import { quillHand } from "./hands.js";

const { lanes, token, document: id } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
// One undoes one's own: Quill moves the rest along.
const quill = new Quill("#host", { modules: { history: { userOnly: true } } });
const view = await QuillView.open(await overSocket(lanes, token), id, quill);
window.page = { act: quillHand(quill, view), view, quill, shown };
