/** Builds the two pages with the page's own Vite and serves them on a loopback port: another origin than the bridge's, like any foreign editor. */
import { once } from "node:events";
import { readFile, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

import { build } from "../../../../ui/node_modules/vite/dist/node/index.js";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

export async function servePages() {
  const out = await mkdtemp(join(tmpdir(), "sheaf-quill-"));
  const pages = ["quill.html", "ours.html"].map((page) => join(import.meta.dirname, page));
  await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: "error",
    build: { outDir: out, emptyOutDir: true, target: "esnext", minify: false, rollupOptions: { input: pages } },
  });
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://page").pathname;
    const file = await readFile(join(out, path)).catch(() => null);
    response.writeHead(file ? 200 : 404, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(file ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await rm(out, { recursive: true, force: true });
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}
