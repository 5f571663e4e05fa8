/** Serves the editor's test page from the sources, as Vite does for a developer. */
import { createServer } from "vite";
import { fileURLToPath } from "node:url";

/** A server with the page on it. */
export async function serveEditor(): Promise<{ url: string; close(): Promise<void> }> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const server = await createServer({
    root,
    server: { host: "127.0.0.1", port: 0, strictPort: false, hmr: false, watch: null },
    logLevel: "error",
    configFile: `${root}/vite.config.ts`,
  });
  await server.listen();
  const address = server.httpServer?.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/tests/editor/index.html`, close: () => server.close() };
}
