/**
 * An engine that stories are told in.
 *
 * It may end under a story by a fault of its own: seen once in WebKitGTK, in some hundred runs. That story is told again in a new one, and the
 * run says so. An engine that ends twice is ended by the page: that fails.
 */
import type { Driver } from "./driver.ts";

/** How long a page may take to answer on a busy machine before it is taken for gone. */
const ANSWERS_WITHIN_MS = 30_000;

/** One engine with one page, and the next one when it has ended. */
export class Engine {
  private running: Driver | undefined;
  private ended = 0;

  /** `open` opens what the stories are told on. */
  constructor(
    private readonly name: string,
    private readonly start: () => Promise<Driver>,
    private readonly open: (driver: Driver) => Promise<void>,
  ) {}

  /** The one that runs now: it may be another one in the next story. */
  get driver(): Driver {
    if (this.running === undefined) throw new Error(`${this.name} has not been started`);
    return this.running;
  }

  async begin(): Promise<void> {
    this.running = await this.start();
    await this.open(this.running);
  }

  async close(): Promise<void> {
    await this.running?.close();
  }

  /** Tells a story, and once more if the engine ended under it. */
  async tell(story: string, run: (driver: Driver) => Promise<void>): Promise<void> {
    try {
      await run(this.driver);
    } catch (error) {
      if (await answers(this.driver)) throw error;
      this.ended++;
      console.log(`NOTICE: ${this.name} ended under "${story}", for the ${this.ended}. time: ${String(error)}`);
      await this.close();
      await this.begin();
      if (this.ended > 1) throw error;
      await run(this.driver);
    }
  }
}

/** Whether the page still does. */
async function answers(driver: Driver): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((done) => {
    timer = setTimeout(() => done(false), ANSWERS_WITHIN_MS);
  });
  const answer = driver.evaluate<boolean>("return true").catch(() => false);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
