/**
 * The screen as a window manager sees it: which windows are shown, and closing one as its cross does. The X11 protocol by hand, a dozen requests of
 * it, so that no tool has to be installed for a click that no driver can make.
 */
import { execFileSync } from "node:child_process";
import { connect } from "node:net";

const EVERY = 4;
const pad = (bytes) => Buffer.concat([bytes, Buffer.alloc((EVERY - (bytes.length % EVERY)) % EVERY)]);

/** A screen, from DISPLAY and its cookie. */
export class Screen {
  #socket;
  #heard = Buffer.alloc(0);
  #wake = () => {};
  #root;

  static async open() {
    const screen = new Screen();
    const number = /:(\d+)/.exec(process.env["DISPLAY"] ?? "")?.[1];
    if (number === undefined) throw new Error("there is no DISPLAY: run this under xvfb-run");
    screen.#socket = connect(`/tmp/.X11-unix/X${number}`);
    screen.#socket.on("data", (bytes) => {
      screen.#heard = Buffer.concat([screen.#heard, bytes]);
      screen.#wake();
    });
    const cookie = Buffer.from(execFileSync("xauth", ["list", `:${number}`], { encoding: "utf8" }).trim().split(/\s+/).at(-1) ?? "", "hex");
    const name = Buffer.from("MIT-MAGIC-COOKIE-1");
    const hello = Buffer.alloc(12);
    hello.write("l", 0);
    hello.writeUInt16LE(11, 2);
    hello.writeUInt16LE(name.length, 6);
    hello.writeUInt16LE(cookie.length, 8);
    screen.#socket.write(Buffer.concat([hello, pad(name), pad(cookie)]));
    const head = await screen.#take(8);
    const rest = await screen.#take(head.readUInt16LE(6) * EVERY);
    if (head[0] !== 1) throw new Error(`the screen refused: ${rest}`);
    const [vendor, formats] = [rest.readUInt16LE(16), rest[21]];
    screen.#root = rest.readUInt32LE(32 + vendor + ((EVERY - (vendor % EVERY)) % EVERY) + formats * 8);
    return screen;
  }

  async #take(length) {
    while (this.#heard.length < length) await new Promise((wake) => (this.#wake = wake));
    const taken = this.#heard.subarray(0, length);
    this.#heard = this.#heard.subarray(length);
    return taken;
  }

  #send(code, detail, body) {
    const padded = pad(body);
    const head = Buffer.alloc(4);
    head[0] = code;
    head[1] = detail;
    head.writeUInt16LE((padded.length + 4) / EVERY, 2);
    this.#socket.write(Buffer.concat([head, padded]));
  }

  /** The next reply, whole; undefined for an error: a window may go while it is asked about. Events are passed over. */
  async #reply() {
    for (;;) {
      const head = await this.#take(32);
      if (head[0] === 0) return undefined;
      if (head[0] === 1) return Buffer.concat([head, await this.#take(head.readUInt32LE(4) * EVERY)]);
    }
  }

  async #ask(code, detail, ...numbers) {
    const body = Buffer.alloc(numbers.length * 4);
    numbers.forEach((number, at) => body.writeUInt32LE(number, at * 4));
    this.#send(code, detail, body);
    return await this.#reply();
  }

  async #atom(name) {
    const text = Buffer.from(name);
    const length = Buffer.alloc(4);
    length.writeUInt16LE(text.length, 0);
    this.#send(16, 0, Buffer.concat([length, text]));
    return (await this.#reply()).readUInt32LE(8);
  }

  async #text(window, name) {
    const reply = await this.#ask(20, 0, window, await this.#atom(name), 0, 0, 256);
    return reply === undefined ? "" : reply.subarray(32, 32 + reply.readUInt32LE(16)).toString("utf8");
  }

  /** The windows of a process that can be seen now. */
  async windowsOf(process) {
    const found = [];
    const tree = await this.#ask(15, 0, this.#root);
    for (let at = 0; at < (tree?.readUInt16LE(16) ?? 0); at += 1) {
      const window = tree.readUInt32LE(32 + at * 4);
      const owner = await this.#ask(20, 0, window, await this.#atom("_NET_WM_PID"), 0, 0, 1);
      const attributes = await this.#ask(3, 0, window);
      const owned = owner !== undefined && owner.readUInt32LE(16) > 0 && owner.readUInt32LE(32) === process;
      if (owned && attributes?.[26] === 2 && (await this.#text(window, "WM_NAME")) !== "") found.push(window);
    }
    return found;
  }

  /** Closes a window as the cross in its frame does: it is asked to go. */
  async closes(window) {
    const event = Buffer.alloc(32);
    event[0] = 33;
    event[1] = 32;
    event.writeUInt32LE(window, 4);
    event.writeUInt32LE(await this.#atom("WM_PROTOCOLS"), 8);
    event.writeUInt32LE(await this.#atom("WM_DELETE_WINDOW"), 12);
    const body = Buffer.alloc(8);
    body.writeUInt32LE(window, 0);
    this.#send(25, 0, Buffer.concat([body, event]));
    // An answer to anything says that this has arrived.
    await this.#atom("WM_PROTOCOLS");
  }

  leaves() {
    this.#socket.destroy();
  }
}
