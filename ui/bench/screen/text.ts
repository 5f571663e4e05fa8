/** The text that every editor of the comparison shows: so many blocks, every twentieth a heading. And what each of them is asked for. */

const WORDS = "Every device holds the whole document; what you type is on your own disk before anything else happens. ";

/** A block. */
export interface Block {
  readonly heading: boolean;
  readonly text: string;
}

/** The first `count` blocks. */
export function blocksOf(count: number): Block[] {
  return Array.from({ length: count }, (_, i) => ({ heading: i % 20 === 0, text: `${i} ${WORDS.repeat(i % 20 === 0 ? 1 : 2)}` }));
}

/** An editor as the comparison drives it. */
export interface Side {
  /** Opens the document in `host`. Resolves when its first blocks are in the page's elements. */
  open(host: HTMLElement): Promise<void>;
  /** Whether nothing more is going to be mounted by itself. */
  isReady(): boolean;
  /** Puts the caret into the block in the middle, and that onto the screen. */
  caretInTheMiddle(): Promise<void>;
  /** Somebody writes a character in the block in the middle. Answers how long the page was busy with it, in milliseconds; layout and painting come after. */
  remote(): Promise<number>;
  /** How long the text is now; to be sure that a key arrived. */
  length(): number;
}

declare global {
  interface Window {
    side: Side;
    opened: { first: number; ready: number | undefined };
    keys: number[];
    beginKeys(): void;
  }
}

/** The next frame is on the screen. */
export function painted(): Promise<void> {
  return new Promise((done) =>
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = (): void => done();
      channel.port2.postMessage(0);
    }),
  );
}

/** Opens a side and notes how long it took. What it opens is in memory already. */
export async function run(make: (count: number) => Side | Promise<Side>): Promise<void> {
  const side = await make(Number(new URLSearchParams(location.search).get("blocks") ?? "100"));
  window.side = side;
  await painted();
  const begin = performance.now();
  await side.open(document.getElementById("host") as HTMLElement);
  await painted();
  window.opened = { first: performance.now() - begin, ready: undefined };
  document.body.dataset["ready"] = "yes";
  while (!side.isReady()) await painted();
  await painted();
  window.opened.ready = performance.now() - begin;
  window.beginKeys = (): void => {
    window.keys = [];
    addEventListener(
      "keydown",
      () => {
        const pressed = performance.now();
        void painted().then(() => window.keys.push(performance.now() - pressed));
      },
      true,
    );
  };
}
