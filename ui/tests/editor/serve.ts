/** Serves the editor's test page from the sources, as Vite does for a developer. */
import { createServer } from "vite";
import { fileURLToPath } from "node:url";

/** A server with a page on it; `asked` is told every address that is asked for. */
export async function serveEditor(
  page = "tests/editor/index.html",
  asked: (path: string) => void = () => undefined,
): Promise<{ url: string; close(): Promise<void> }> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const server = await createServer({
    root,
    server: { host: "127.0.0.1", port: 0, strictPort: false, hmr: false, watch: null },
    logLevel: "error",
    configFile: `${root}/vite.config.ts`,
    plugins: [
      {
        name: "what-is-asked-for",
        configureServer: ({ middlewares }) => {
          middlewares.use((request, _response, next) => {
            asked(request.url ?? "");
            next();
          });
        },
      },
    ],
  });
  await server.listen();
  const address = server.httpServer?.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/${page}`, close: () => server.close() };
}
