/**
 * The browser's carrier: a WebSocket to the bridge on loopback (`sheaf up --bridge`). The token stands in the page's fragment, which no server
 * and no history of requests sees. Reconnects for as long as the page lives.
 */
import type { Wire } from "../editor/lane/wire.ts";
import { Requests } from "./requests.ts";

/** How soon a lost connection is tried again, growing to the second number. */
const AGAIN_MS = 250;
const AGAIN_MOST_MS = 4000;

export async function overSocket(address: string, token: string): Promise<Wire> {
  let socket: WebSocket | undefined;
  const requests = new Requests((message) => {
    if (socket?.readyState !== WebSocket.OPEN) throw new Error("there is no connection to Sheaf");
    socket.send(message);
  });

  const connect = (): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const fresh = new WebSocket(address, ["sheaf", token]);
      fresh.onmessage = (event) => requests.receive(JSON.parse(String(event.data)));
      fresh.onopen = () => resolve(fresh);
      fresh.onerror = () => reject(new Error(`no connection to ${address}`));
    });

  const stay = (open: WebSocket): void => {
    socket = open;
    open.onclose = () => {
      requests.lost("the connection to Sheaf was lost");
      void again(AGAIN_MS);
    };
  };

  const again = async (wait: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, wait));
    try {
      stay(await connect());
      requests.back();
    } catch {
      void again(Math.min(wait * 2, AGAIN_MOST_MS));
    }
  };

  stay(await connect());
  return requests;
}
