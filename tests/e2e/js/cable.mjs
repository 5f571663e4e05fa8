/**
 * A page's cable, which ends at whatever process of a node runs now. Every start of a node has another port and another key, which an open page
 * cannot know: so the page itself only sees its connection go and come back.
 */
import WebSocket from "ws";

export async function plugsIn(page, node) {
  await page.routeWebSocket(/\/lanes$/, (socket) => {
    const wire = new WebSocket(node.lanes);
    const open = new Promise((done) => wire.once("open", done));
    socket.onMessage((message) => void open.then(() => wire.send(message)));
    wire.on("message", (message) => socket.send(String(message)));
    wire.on("close", () => socket.close().catch(() => {}));
    wire.on("error", () => socket.close().catch(() => {}));
    socket.onClose(() => wire.close());
  });
}
