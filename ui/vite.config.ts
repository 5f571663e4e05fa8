/**
 * How the page is built, served and tested. One entry, no inline style or script (the window's CSP refuses both), CSS for the oldest
 * engine we meet (Safari 17.5 = WebKitGTK 2.44).
 */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  base: "./",
  clearScreen: false,
  css: { transformer: "lightningcss", lightningcss: { targets: { safari: (17 << 16) | (5 << 8) } } },
  build: {
    target: "safari17.5",
    cssMinify: "lightningcss",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  // Modules, so that a grammar is a file of its own and is loaded when its language is met.
  worker: { format: "es" },
  // Known beforehand: the server that the tests run would otherwise find them in the worker, and load the page anew.
  optimizeDeps: { include: ["lowlight", "highlight.js/lib/languages/*", "katex", "mermaid"] },
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    environment: "node",
    testTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
