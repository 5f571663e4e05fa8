import { serveEditor } from "./editor/serve.ts";
import { startChromium } from "./drive/chromium.ts";
const server = await serveEditor();
const d = await startChromium();
try {
await d.open(server.url);
await d.type("# Hello world");
await d.press("Enter");
await d.type("Some **bold** text and `code` here");
await d.press("Enter");
await d.type("- one"); await d.press("Enter"); await d.press("Tab"); await d.type("two"); await d.press("Enter"); await d.press("Enter"); await d.press("Enter");
await d.type("[] task"); await d.press("Control+Enter"); await d.press("Enter"); await d.type("next"); await d.press("Enter","Enter");
await d.type("```"); await d.type("fn main()"); await d.press("Enter"); await d.press("Tab"); await d.type("x"); await d.press("Control+Enter");
await d.type("> quoted"); await d.press("Enter","Enter"); await d.type("1. first"); await d.press("Enter"); await d.type("second"); await d.press("Enter","Enter");
await d.type("---"); await d.type("after ==high== [link](https://example.org) x");
await new Promise(r=>setTimeout(r,400));
console.log(JSON.stringify(await d.evaluate("return sheaf.a.delta.ops")));
console.log(await d.evaluate("return [JSON.stringify(sheaf.a.delta.ops)===JSON.stringify(sheaf.b.delta.ops), sheaf.a.verify(), sheaf.b.verify(), JSON.stringify(sheaf.events), sheaf.a.state.saved, sheaf.a.state.words]"));
await d.screenshot("/tmp/ed.png");
} finally { await d.close(); await server.close(); }
import {it} from "vitest"; it("x",()=>{});
