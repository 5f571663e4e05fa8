/** A reporter for `node --test`: one line a story, what went wrong in full, and a last line that xtask counts. */
export default async function* report(events) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type === "test:stdout" || type === "test:stderr") yield data.message;
    if (type === "test:diagnostic" && data.level === "info" && !/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(data.message)) {
      yield `    ${data.message}\n`;
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    // A file is a test of its own to node; only what was told in it counts, or the file when it could not be told at all.
    const isFile = data.name.endsWith(".mjs");
    if (isFile && type === "test:pass") continue;
    const outcome = data.skip !== undefined ? "skipped" : type === "test:pass" ? "passed" : "failed";
    count[outcome] += 1;
    yield `${{ passed: "ok  ", failed: "FAIL", skipped: "skip" }[outcome]} ${data.name} (${(data.details.duration_ms / 1000).toFixed(1)} s)\n`;
    if (outcome === "failed") {
      const error = data.details.error?.cause ?? data.details.error;
      yield `     ${String(error?.stack ?? error).replaceAll("\n", "\n     ")}\n`;
    }
  }
  yield `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`;
}
