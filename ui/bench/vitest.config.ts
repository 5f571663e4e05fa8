/** Runs the benchmarks; nothing is asserted by time. What they print is all that is printed. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["*.bench.ts"],
    environment: "node",
    testTimeout: 600_000,
    pool: "forks",
    disableConsoleIntercept: true,
    silent: false,
    reporters: ["dot"],
  },
});
