/** One end of the lanes (docs/lane.md), over the bridge's WebSocket or the control socket, as a program without a screen uses it. */
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";

export class Lane {
  #send;
  #asked = new Map();
  #listeners = new Set();
  #count = 0;

  /** Over a node's bridge. */
  static async overBridge(node) {
    const socket = new WebSocket(node.lanes, ["sheaf"]);
    await once(socket, "open");
    const lane = new Lane();
    lane.#send = (text) => socket.send(text);
    socket.on("message", (bytes) => lane.#hear(String(bytes)));
    lane.close = () => socket.close();
    return lane;
  }

  /** Over a control socket: no network is in between. */
  static async overSocket(path) {
    const socket = connect(path);
    await once(socket, "connect");
    const lane = new Lane();
    lane.#send = (text) => socket.write(`${text}\n`);
    createInterface({ input: socket }).on("line", (line) => lane.#hear(line));
    lane.close = () => socket.end();
    return lane;
  }

  ask(call, fields = {}) {
    const id = ++this.#count;
    this.#send(JSON.stringify({ id, call, ...fields }));
    return new Promise((done, failed) => this.#asked.set(id, { call, done, failed }));
  }

  /** Tells of every event; gives what ends that. */
  hear(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #hear(text) {
    const told = JSON.parse(text);
    if (told.event !== undefined) return this.#listeners.forEach((listener) => listener(told));
    const { call, done, failed } = this.#asked.get(told.id);
    this.#asked.delete(told.id);
    return told.error ? failed(new Error(`${call}: ${told.error.message}`)) : done(told.ok);
  }
}

/** A view of one document: books what it is told and pushes one edit at a time. It holds no text. */
export class View {
  #number = 0;
  #booked;

  static async open(lane, document) {
    const view = new View();
    view.lane = lane;
    view.fields = { document, view: `bench-${Math.random()}` };
    Object.assign(view, await lane.ask("open", view.fields));
    lane.hear((told) => told.view === view.fields.view && view.#book(told));
    return view;
  }

  #book(told) {
    if (told.event === "reset") throw new Error(`a view was reset: ${told.reason}`);
    if (told.version === undefined || told.event === "presence") return;
    if (told.version !== this.version + 1) throw new Error(`version ${told.version} came after ${this.version}`);
    this.version = told.version;
    if (told.event === "saved") return this.#booked?.();
    this.length = told.length;
    void this.lane.ask("confirm", { ...this.fields, version: told.version });
    this.onShow?.(told.delta);
  }

  /** Resolves when the edit is on the disk and booked here: the answer and the `saved` of the sequence come in any order. */
  async push(ops) {
    const booked = new Promise((done) => (this.#booked = done));
    await this.lane.ask("push", { ...this.fields, number: ++this.#number, version: this.version, delta: { ops } });
    await booked;
  }
}
