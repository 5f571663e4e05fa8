/**
 * What other people and other devices do to the members of a document, acted out between a page and its real node: answers the calls about members
 * (docs/lane.md) from a small table and lets everything else through. A story can so have people knock, be removed and write histories without
 * ten devices; what the core itself does with these calls has tests of its own.
 */
const HOUR = 60 * 60_000;

export const id = (digit) => digit.repeat(64);

export class Pretended {
  /** What was asked of it, in order: the name of the call and what it was told, without the document. */
  asked = [];
  me = { role: "owner", owner: true, can: { invite: true, manage: true, transfer: true, leave: false } };
  members = [];
  invitations = [];
  requests = [];
  refused = [];
  audit = { checked: { records: 0, signatures: 0, hashes: 0, failed: [] }, events: [] };
  /** What `preview` and `join` say besides what the node says. */
  preview = {};
  joined = {};
  /** What `status` says of every document besides what the node says. */
  status = {};
  #page;
  #node;
  #views = new Map();

  /** `person` has the real documents; `copy` makes a new one of them. */
  constructor(person) {
    person.between = (page) => page.routeWebSocket(/\/lanes/u, (socket) => this.#stand(socket));
  }

  #stand(page) {
    [this.#page, this.#node] = [page, page.connectToServer()];
    const calls = new Map();
    page.onMessage((message) => {
      if (typeof message !== "string") return this.#node.send(message);
      const request = JSON.parse(message);
      if (!Object.hasOwn(this.#acts, request.call)) {
        calls.set(request.id, request);
        return this.#node.send(message);
      }
      const { id: number, call, document, ...fields } = request;
      this.asked.push([call, fields]);
      page.send(JSON.stringify({ id: number, ok: this.#acts[call](fields) }));
    });
    this.#node.onMessage((message) => {
      const reply = typeof message === "string" ? JSON.parse(message) : {};
      const request = calls.get(reply.id);
      if (!request || !reply.ok) return page.send(message);
      calls.delete(reply.id);
      if (request.call === "open") this.#views.set(request.view, request.document);
      page.send(JSON.stringify({ ...reply, ok: this.#besides(request.call, reply.ok) }));
    });
  }

  #besides(call, ok) {
    if (call === "preview") return { ...ok, ...this.preview };
    if (call === "join") return { ...ok, ...this.joined };
    if (call === "status") return { ...ok, documents: ok.documents.map((document) => ({ ...document, ...this.status })) };
    return ok;
  }

  #acts = {
    members: () => ({ me: this.me, members: this.members }),
    invitations: () => ({ invitations: this.invitations }),
    requests: () => ({ requests: this.requests }),
    refused: () => ({ edits: this.refused }),
    audit: () => this.audit,
    share: ({ role, uses = null, expires_in = null, approve = false, label = "" }) => {
      const kind = uses === null && expires_in === null && !approve ? "open" : "counted";
      const expires = expires_in === null ? null : Date.now() + expires_in;
      const made = { id: id(String(this.invitations.length + 1)), label, role, by: "Ada", mine: true, open: true, kind, uses: 0, limit: uses, expires, approve };
      this.invitations = [...this.invitations, made];
      return { ticket: `sheaf${"a".repeat(120)}`, invitation: made.id };
    },
    revoke: ({ invitation }) => this.#change("invitations", (one) => one.id !== invitation),
    role: ({ member, role }) => this.#one(member, { role }),
    ends: ({ member, at }) => this.#one(member, { ends: at }),
    remove: ({ member, device }) => {
      if (member) return this.#change("members", (one) => one.id !== member);
      this.members = this.members.map((one) => ({ ...one, devices: one.devices.filter((other) => other.device !== device) }));
      return {};
    },
    transfer: ({ member }) => {
      this.members = this.members.map((one) => ({ ...one, owner: one.id === member, role: one.id === member ? "owner" : one.owner ? "admin" : one.role }));
      return {};
    },
    leave: () => this.loses({ state: "left" }),
    admit: ({ request }) => this.#change("requests", (one) => one.id !== request),
    decline: ({ request }) => this.#change("requests", (one) => one.id !== request),
  };

  #change(what, stays) {
    this[what] = this[what].filter(stays);
    return {};
  }

  #one(member, change) {
    this.members = this.members.map((one) => (one.id === member ? { ...one, ...change } : one));
    return {};
  }

  /** Something happened to the members. */
  tells() {
    for (const document of this.#views.values()) {
      this.#page.send(JSON.stringify({ event: "members", document }));
      this.#page.send(JSON.stringify({ event: "status", document }));
    }
    this.#page.send(JSON.stringify({ event: "documents" }));
    return {};
  }

  /** This device may do something else from now on. */
  becomes(role) {
    for (const [view, document] of this.#views) this.#page.send(JSON.stringify({ event: "role", document, view, role }));
  }

  /** This device is not in the document any more. */
  loses(status) {
    this.status = status;
    this.becomes("view");
    return this.tells();
  }
}

/** Ada's document with three others in it: Ben, who has two devices, Cleo, who may read until a day, and Dan, who manages. */
export function harvesters(now) {
  const one = (name, colour, role, digits, more = {}) => ({
    id: id(digits[0]),
    name,
    colour,
    role,
    owner: false,
    mine: false,
    ends: null,
    through_folder: null,
    invitation: null,
    since: now - 30 * 24 * HOUR,
    devices: digits.map((digit) => ({ device: id(digit), short: digit.repeat(8), mine: false, role })),
    ...more,
  });
  const ada = one("Ada", "teal", "owner", ["a"], { owner: true, mine: true });
  ada.devices[0].mine = true;
  return [
    ada,
    one("Ben Abernathy-Cholmondeley", "orange", "edit", ["b", "e"], { invitation: id("9") }),
    one("Cleo", "violet", "view", ["c"], { ends: now + 7 * 24 * HOUR }),
    one("Dan", "green", "admin", ["d"]),
  ];
}

/** Somebody who waits to be let in. */
export const knocking = (name, now) => ({ id: id("7"), name, device: id("7"), short: "77777777", role: "edit", spoken: ["07", "42", "91"], asked: now });

/** How these people came in, with one who was refused and one whose invitation does not count any more. */
export function history(now) {
  const at = (days) => now - days * 24 * HOUR;
  const event = (digit, days, by, what, more = {}) => ({ id: id(digit), at: at(days), by, device: id("a"), what, about: "", role: null, standing: "counts", why: null, said: null, stood_on: [], ...more });
  return {
    checked: { records: 7, signatures: 7, hashes: 19, failed: [] },
    events: [
      event("0", 30, "Ada", "founded", { about: null }),
      event("1", 29, "Ada", "invited", { role: "edit", stood_on: [id("0")] }),
      event("2", 28, "Ben", "joined", { role: "edit", stood_on: [id("1")] }),
      event("3", 20, "Dan", "invited", { role: "view", standing: "void", why: "what it rested on was taken away", stood_on: [id("2")] }),
      event("4", 10, "Eve", "joined", { role: "view", standing: "refused", why: "the invitation 11111111 does not count here", said: { code: "event_no_invitation" }, stood_on: [id("3")] }),
      event("5", 3, "Ada", "role", { about: "Ben", role: "comment", stood_on: [id("2"), id("1")] }),
      event("6", 1, "Ada", "removed", { about: "Ben", stood_on: [id("5")] }),
    ],
  };
}
