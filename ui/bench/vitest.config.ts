/** Runs the benchmarks; nothing is asserted by time. */
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["*.bench.ts"], environment: "node", testTimeout: 600_000, pool: "forks" } });
