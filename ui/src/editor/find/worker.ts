/** A person's own expression runs here, where it can be stopped: the page never waits for it. */
import { type Query, hitsIn, patternOf } from "./query.ts";

addEventListener("message", ({ data }: MessageEvent<{ query: Query; texts: readonly string[] }>) => {
  const pattern = patternOf(data.query);
  postMessage(data.texts.map((text) => hitsIn(text, pattern, data.query)));
});

// The time an expression has begins when somebody is there to run it.
postMessage("ready");
