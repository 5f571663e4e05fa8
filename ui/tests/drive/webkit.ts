/** Real WebKitGTK, the engine of the window on Linux: WebKitWebDriver with MiniBrowser under Xvfb, spoken to with plain fetch. No Tauri build needed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { type Driver, LOADS_WITHIN_MS } from "./driver.ts";

const MINIBROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** How long everything may take to end by itself. */
const ENDS_WITHIN_MS = 5000;

/** How long a script may take, as the driver is told, */
const SCRIPT_MS = 60_000;

/** and how long the driver itself, for a script or a page: whoever has not answered by then never will. */
const ANSWERS_WITHIN_MS = LOADS_WITHIN_MS + 30_000;

/** How long X server, driver and browser may take to start. */
const STARTS_WITHIN_MS = 60_000;

const NAMED: Readonly<Record<string, string>> = {
  Backspace: "\uE003",
  Tab: "\uE004",
  Enter: "\uE007",
  Shift: "\uE008",
  Control: "\uE009",
  Alt: "\uE00A",
  Escape: "\uE00C",
  Space: " ",
  PageUp: "\uE00E",
  PageDown: "\uE00F",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
  F10: "\uE03A",
  Delete: "\uE017",
};

interface KeyAction {
  readonly type: string;
  readonly value?: string;
}

/** Starts WebKitWebDriver and a MiniBrowser in an X server of their own. */
export async function startWebKit(): Promise<Driver> {
  const port = await freePort();
  const child = spawn("xvfb-run", ["-a", "-s", "-screen 0 1400x1000x24", "WebKitWebDriver", `--port=${port}`], {
    stdio: "ignore",
    detached: true,
  });
  // The group is the X server, the driver and the browser: whatever becomes of the suite, none of them outlives it.
  const end = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined) endGroup(child.pid, signal);
  };
  const kill = (): void => end("SIGKILL");
  process.once("exit", kill);
  const base = `http://127.0.0.1:${port}`;
  const session = await newSession(base, child).catch((error: unknown) => {
    kill();
    throw error;
  });
  const call = async <T>(method: string, path: string, body?: unknown, within?: number): Promise<T> =>
    request<T>(`${base}/session/${session}${path}`, method, body, within);
  await call("POST", "/timeouts", { script: SCRIPT_MS, pageLoad: LOADS_WITHIN_MS });
  const keys = (actions: readonly KeyAction[]): Promise<unknown> =>
    call("POST", "/actions", { actions: [{ type: "key", id: "keys", actions }] });
  const pointer = (actions: readonly unknown[]): Promise<unknown> =>
    call("POST", "/actions", { actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }] });
  const evaluate = <T>(body: string): Promise<T> =>
    call<T>("POST", "/execute/async", {
      script: `const done = arguments[arguments.length - 1]; (async () => { ${body} })().then(done, (e) => done({ sheafError: String(e && e.stack || e) }));`,
      args: [],
    }).then((value) => {
      const failed = (value as { sheafError?: string } | null)?.sheafError;
      if (failed !== undefined) throw new Error(failed);
      return value;
    });
  return {
    name: "WebKitGTK",
    open: async (url) => {
      await call("POST", "/url", { url });
      const end = Date.now() + LOADS_WITHIN_MS;
      while (!(await evaluate<boolean>("return document.body?.dataset.ready === 'yes'"))) {
        if (Date.now() > end) throw new Error("WebKitGTK: the page never became ready");
        await new Promise((done) => setTimeout(done, 50));
      }
    },
    press: async (...list) => {
      for (const key of list) await keys(chord(key));
    },
    type: async (text) => {
      for (const letter of text)
        await keys([
          { type: "keyDown", value: letter },
          { type: "keyUp", value: letter },
        ]);
    },
    click: async (selector, modifiers = []) => {
      const element = await call<Record<string, string>>("POST", "/element", { using: "css selector", value: selector });
      for (const name of modifiers) await keys([{ type: "keyDown", value: NAMED[name] ?? name }]);
      await pointer([
        { type: "pointerMove", duration: 0, x: 0, y: 0, origin: { [ELEMENT]: element[ELEMENT] } },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ]);
      for (const name of modifiers) await keys([{ type: "keyUp", value: NAMED[name] ?? name }]);
    },
    drag: async (from, to) => {
      await pointer([
        { type: "pointerMove", duration: 0, x: Math.round(from.x), y: Math.round(from.y) },
        { type: "pointerDown", button: 0 },
        { type: "pointerMove", duration: 100, x: Math.round((from.x + to.x) / 2), y: Math.round((from.y + to.y) / 2) },
        { type: "pointerMove", duration: 100, x: Math.round(to.x), y: Math.round(to.y) },
        { type: "pointerUp", button: 0 },
      ]);
    },
    mouse: async (...steps) => {
      for (const step of steps) {
        if (step === "down" || step === "up") await pointer([{ type: step === "down" ? "pointerDown" : "pointerUp", button: 0 }]);
        else await pointer([{ type: "pointerMove", duration: 60, x: Math.round(step.x), y: Math.round(step.y) }]);
      }
    },
    hover: async (place) => void (await pointer([{ type: "pointerMove", duration: 50, x: Math.round(place.x), y: Math.round(place.y) }])),
    evaluate,
    compose: async (character, between) => {
      // GTK's own input method composes by code point, underlined in the text until Enter.
      await keys(chord("Control+Shift+u"));
      for (const digit of (character.codePointAt(0) ?? 0).toString(16)) {
        await keys(chord(digit));
        await between();
      }
      await keys(chord("Enter"));
    },
    screenshot: async (path) => writeFile(path, Buffer.from(await call<string>("GET", "/screenshot"), "base64")),
    close: async () => {
      await call("DELETE", "", undefined, ENDS_WITHIN_MS).catch(() => undefined);
      const gone = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
      // Asked first, so that the X server takes its lock away.
      end("SIGTERM");
      const late = setTimeout(kill, ENDS_WITHIN_MS);
      await gone;
      clearTimeout(late);
      process.off("exit", kill);
    },
  };
}

function endGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // It has ended already.
  }
}

function chord(key: string): KeyAction[] {
  const parts = key === "+" ? ["+"] : key.split("+");
  const last = parts.pop() ?? "";
  const values = parts.map((name) => NAMED[name] ?? name);
  const value = NAMED[last] ?? last;
  return [
    ...values.map((held) => ({ type: "keyDown", value: held })),
    { type: "keyDown", value },
    { type: "keyUp", value },
    ...values.reverse().map((held) => ({ type: "keyUp", value: held })),
  ];
}

async function newSession(base: string, child: ChildProcess): Promise<string> {
  const capabilities = {
    alwaysMatch: { "webkitgtk:browserOptions": { binary: MINIBROWSER, args: ["--automation", "--geometry=1300x950"] } },
  };
  const late = Date.now() + STARTS_WITHIN_MS;
  for (;;) {
    try {
      const { sessionId } = await request<{ sessionId: string }>(`${base}/session`, "POST", { capabilities });
      return sessionId;
    } catch (error) {
      if (Date.now() > late || child.exitCode !== null) throw error;
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}

async function request<T>(url: string, method: string, body?: unknown, within = ANSWERS_WITHIN_MS): Promise<T> {
  const init: RequestInit = { method, signal: AbortSignal.timeout(within) };
  if (body !== undefined) init.body = JSON.stringify(body);
  const answer = (await (await fetch(url, init)).json()) as { value: T & { error?: string; message?: string } };
  if (answer.value !== null && typeof answer.value === "object" && typeof answer.value.error === "string")
    throw new Error(`${answer.value.error}: ${answer.value.message ?? ""}`);
  return answer.value;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
