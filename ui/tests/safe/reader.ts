/** The core's own reader of Markdown, asked through a real node: what it makes of a text is what "Format as Markdown" puts in. */
import { Refusal } from "../../src/editor/lane/wire.ts";
import { Device, Network } from "../lane/real.ts";

/** Texts on their way at once. */
const AT_ONCE = 16;

/** What the core reads in each of these texts, as Deltas; null where it refuses: too much of something is no document. */
export async function readByCore(binary: string, texts: readonly string[]): Promise<Array<[string, unknown]>> {
  const network = await Network.make(false);
  const device = new Device(binary, network);
  try {
    await device.up();
    const wire = await device.wire();
    const read: Array<[string, unknown]> = [];
    for (let from = 0; from < texts.length; from += AT_ONCE) {
      const now = texts.slice(from, from + AT_ONCE).map(async (markdown): Promise<[string, unknown]> => {
        try {
          const { document } = (await wire.ask("new", { title: "Hostile", markdown })) as { document: string };
          const { delta } = (await wire.ask("show", { document, as: "json" })) as { delta: unknown };
          return [markdown, delta];
        } catch (error) {
          if (error instanceof Refusal) return [markdown, null];
          throw error;
        }
      });
      read.push(...(await Promise.all(now)));
    }
    return read;
  } finally {
    device.down();
    network.end();
  }
}
