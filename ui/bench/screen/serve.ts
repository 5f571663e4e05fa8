/** Builds the pages of the comparison as they would be shipped, weighs what each needs before its first picture, and serves them. */
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
};

/** The editors. */
export const SIDES = ["sheaf", "tiptap", "lexical"] as const;

/** A built page: how many bytes of scripts and styles it loads at once, as they are and compressed. */
export interface Built {
  readonly bytes: number;
  readonly compressed: number;
}

/** Builds all. */
export async function buildSides(): Promise<ReadonlyMap<string, Built>> {
  const built = new Map<string, Built>();
  for (const side of SIDES) {
    const outDir = join(HERE, "dist", side);
    await build({
      root: HERE,
      base: "./",
      configFile: false,
      logLevel: "error",
      build: { outDir, emptyOutDir: true, target: "es2022", rolldownOptions: { input: join(HERE, `${side}.html`) } },
      worker: { format: "es" },
    });
    built.set(side, await weigh(outDir, `${side}.html`));
  }
  return built;
}

/** Builds Sheaf's whole page, library, status and all, as its window loads it. The peers have none to compare it with. */
export async function buildApp(): Promise<Built> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const outDir = join(HERE, "dist", "app");
  await build({ root, configFile: join(root, "vite.config.ts"), logLevel: "error", build: { outDir, emptyOutDir: true } });
  return await weigh(outDir, "index.html");
}

/** What a page names in its head: that is loaded before its first picture. */
async function weigh(folder: string, page: string): Promise<Built> {
  const html = await readFile(join(folder, page), "utf8");
  const files = [...html.matchAll(/(?:src|href)="\.?\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? "");
  if (files.length === 0) throw new Error(`${page} names no script: there is nothing to weigh`);
  let [bytes, compressed] = [0, 0];
  for (const file of new Set(files)) {
    const content = await readFile(join(folder, file));
    bytes += content.length;
    compressed += gzipSync(content).length;
  }
  return { bytes, compressed };
}

/** Serves what was built. */
export async function serveSides(): Promise<{ url: string; close(): Promise<void> }> {
  const root = join(HERE, "dist");
  const names = new Set((await readdir(root, { recursive: true })).map((name) => `/${name}`));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (!names.has(pathname)) {
      response.writeHead(404).end();
      return;
    }
    void readFile(join(root, pathname)).then((content) => {
      response.writeHead(200, { "content-type": TYPES[extname(pathname)] ?? "application/octet-stream" }).end(content);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
