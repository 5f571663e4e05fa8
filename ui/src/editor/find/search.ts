/**
 * A search of a whole text, by lines, whether they are mounted or not. What a line holds is found once and kept as long as the line and the query live:
 * lines are immutable, so an edit costs the lines it made. The count and the number of the present hit are kept by what came and went, never counted anew.
 * The text is walked in slices; nothing here knows a screen.
 */
import type { Delta } from "../delta.ts";
import { type Line, OBJECT } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";
import type { Change } from "../lines/rewriting.ts";
import { type Matcher, TooSlow, matcherOf } from "./matcher.ts";
import { EMBED, type Hit, type Query } from "./query.ts";

/** Why nothing is found: the expression is none, takes too long, or cannot be run. */
export type Problem = "mistake" | "slow" | "failed";

/** A hit in the text. */
export interface Found {
  readonly index: number;
  readonly line: Line;
  readonly hit: Hit;
}

/** Who is told, and what a search needs of the world. */
export interface SearchHost {
  /** Counts, the present hit or the problem may be others. */
  changed(): void;
  /** The search itself went to another hit. */
  moved(): void;
  /** Runs something soon, off the key's path. */
  later(run: () => void): void;
  now(): number;
  readonly matcherOf?: (query: Query) => Matcher;
}

/** A slice may take so long: half a frame. */
const SLICE_MS = 8;
/** Units handed over at once: read in far less than a slice, and few enough messages to a worker. */
const BATCH_UNITS = 16_384;
const BATCH_LINES = 256;

interface Unread {
  readonly line: Line;
  index: number;
  gone: boolean;
}

/** One search. */
export class Search {
  private matcher: Matcher | undefined;
  private known = new WeakMap<Line, readonly Hit[]>();
  /** Lines before this one were read, or are among `unread` and `asked`. */
  private reached = 0;
  private unread: Unread[] = [];
  private asked: Unread[] = [];
  private all = 0;
  /** Hits in lines before `place`. */
  private before = 0;
  /** Where the present hit begins, or began. */
  private place = { index: 0, at: 0 };
  /** The first hit from `place` on is wanted. */
  private seeking = false;
  /** Steps asked for before there was a hit to step from. */
  private owed = 0;
  private scheduled = false;
  /** Where looking began: a longer query is looked for from there again. */
  private origin = 0;
  problem: Problem | undefined;
  /** How many lines were read so far; for tests. */
  visited = 0;

  constructor(
    private text: Lines,
    private readonly host: SearchHost,
  ) {}

  /** Looks for something else, from where looking began. */
  look(query: Query): void {
    this.stop();
    this.known = new WeakMap();
    this.reached = this.all = this.before = this.owed = 0;
    this.problem = undefined;
    const { index, start } = this.text.at(this.origin);
    this.place = { index, at: this.origin - start };
    if (query.text !== "") {
      try {
        this.matcher = (this.host.matcherOf ?? matcherOf)(query);
      } catch {
        this.problem = "mistake";
      }
    }
    this.seeking = this.matcher !== undefined;
    if (this.seeking) this.schedule();
    this.host.changed();
  }

  /** Looking begins here from now on. */
  from(offset: number): void {
    this.origin = Math.min(offset, this.text.length);
  }

  /** Ends it. */
  stop(): void {
    this.matcher?.stop();
    this.matcher = undefined;
    this.unread = [];
    this.asked = [];
    this.seeking = false;
  }

  /** How many hits are known. */
  get count(): number {
    return this.all;
  }

  /** Not everything has been read yet. */
  get isSearching(): boolean {
    return this.matcher !== undefined && (this.unread.length > 0 || this.asked.length > 0 || this.reached < this.text.count);
  }

  /** The hits of a line, as far as they are known. */
  hitsOf(line: Line): readonly Hit[] {
    return this.matcher === undefined ? [] : (this.known.get(line) ?? []);
  }

  /** The present hit. */
  get current(): Found | undefined {
    if (this.matcher === undefined || this.place.index >= this.text.count) return undefined;
    const line = this.text.line(this.place.index);
    const hit = this.hitsOf(line).find(({ from }) => from === this.place.at);
    return hit === undefined ? undefined : { index: this.place.index, line, hit };
  }

  /** Which one of all the present hit is, from 1; 0 when there is none. */
  get nth(): number {
    const found = this.current;
    return found === undefined ? 0 : this.before + this.hitsOf(found.line).indexOf(found.hit) + 1;
  }

  /** All hits, in order, with where their line starts. */
  *everything(): IterableIterator<{ readonly start: number; readonly line: Line; readonly hit: Hit }> {
    let start = 0;
    for (const line of this.text.between()) {
      for (const hit of this.hitsOf(line)) yield { start, line, hit };
      start += line.length;
    }
  }

  /** Goes to the next hit, or the one before; past the end it begins again. */
  step(way: 1 | -1): void {
    if (this.seeking) {
      this.owed += way;
      return;
    }
    const { index, at } = this.place;
    const found =
      way === 1
        ? (this.first(index, index + 1, (hit) => hit.from > at) ?? this.first(index + 1, this.text.count) ?? this.first(0, index + 1))
        : (this.last(index, index + 1, (hit) => hit.from < at) ?? this.last(0, index) ?? this.last(index, this.text.count));
    if (found !== undefined) this.moveTo(found);
  }

  /** Goes to the first hit from an offset on, when what stands there has been read. */
  seek(offset: number): void {
    const { index, start } = this.text.at(offset);
    this.before += this.between(index);
    this.place = { index, at: offset - start };
    this.seeking = true;
    this.schedule();
  }

  /** The text changed. Only what came is read. */
  textChanged(delta: Delta, changes: readonly Change[], after: Lines): void {
    const before = this.text;
    this.text = after;
    this.origin = Math.min(delta.transformPosition(this.origin), after.length);
    if (this.matcher === undefined) return;
    const offset = delta.transformPosition(before.startOf(this.place.index) + this.place.at);
    let shift = 0;
    let touched = false;
    for (const change of changes) {
      touched = this.take(before, change, change.index + shift) || touched;
      shift += change.added.length - change.removed;
    }
    if (touched) {
      const { index, start } = after.at(Math.min(offset, after.length));
      this.before += this.between(index);
      this.place = { index, at: offset - start };
    }
    if (this.isSearching) this.schedule();
    else this.host.changed();
  }

  /** Books one change at an index of the text as it becomes. Answers whether the place stood in what went. */
  private take(before: Lines, { index, removed, added }: Change, first: number): boolean {
    const end = first + removed;
    const growth = added.length - removed;
    let at = first;
    for (const line of before.between(index, index + removed)) this.book(at++, -this.hitsOf(line).length);
    for (const item of [...this.unread, ...this.asked]) {
      if (item.index >= end) item.index += growth;
      else if (item.index >= first) item.gone = true;
    }
    this.unread = this.unread.filter((item) => !item.gone);
    const touched = this.place.index >= first && this.place.index < end;
    if (touched) this.place = { index: first, at: 0 };
    else if (this.place.index >= end) this.place.index += growth;
    // What lies beyond is read when the walk comes there.
    if (first >= this.reached) return touched;
    this.reached = Math.max(first + added.length, this.reached + growth);
    for (const [nth, line] of added.entries()) this.unread.push({ line, index: first + nth, gone: false });
    return touched;
  }

  private schedule(): void {
    if (this.scheduled || this.asked.length > 0) return;
    this.scheduled = true;
    this.host.later(() => {
      this.scheduled = false;
      if (this.asked.length === 0) this.work();
    });
  }

  /** One slice. */
  private work(): void {
    const { matcher } = this;
    const began = this.host.now();
    while (matcher !== undefined && this.isSearching) {
      const batch = this.batch();
      this.asked = batch;
      const found = matcher.match(batch.map(({ line }) => line.text.replaceAll(OBJECT, EMBED)));
      if (found instanceof Promise) {
        found.then(
          (hits) => this.answered(matcher, batch, hits),
          (error: unknown) => this.gaveUp(matcher, error),
        );
        return;
      }
      this.read(batch, found);
      if (this.host.now() - began >= SLICE_MS) break;
    }
    this.rest();
  }

  private answered(matcher: Matcher, batch: readonly Unread[], hits: ReadonlyArray<readonly Hit[]>): void {
    if (this.matcher !== matcher) return;
    this.read(batch, hits);
    this.rest();
  }

  private gaveUp(matcher: Matcher, error: unknown): void {
    if (this.matcher !== matcher) return;
    this.stop();
    this.all = 0;
    this.problem = error instanceof TooSlow ? "slow" : "failed";
    this.host.changed();
  }

  /** Between two slices, and after the last. */
  private rest(): void {
    if (this.seeking && this.unread.length === 0) {
      const { index, at } = this.place;
      const ahead = this.first(index, index + 1, (hit) => hit.from >= at) ?? this.first(index + 1, this.reached);
      const found = ahead ?? (this.isSearching ? undefined : this.first(0, this.text.count));
      if (found !== undefined) this.moveTo(found);
      if (found !== undefined || !this.isSearching) this.seeking = false;
    }
    if (!this.seeking && !this.isSearching) this.stepAsOwed();
    if (this.isSearching) this.schedule();
    this.host.changed();
  }

  private stepAsOwed(): void {
    const way = this.owed > 0 ? 1 : -1;
    for (; this.owed !== 0; this.owed -= way) this.step(way);
  }

  /** What is read next: lines that edits made, then where the walk has come to. */
  private batch(): Unread[] {
    let units = 0;
    const isFull = (size: number): boolean => size >= BATCH_LINES || units >= BATCH_UNITS;
    const batch: Unread[] = [];
    while (this.unread.length > 0 && !isFull(batch.length)) {
      const item = this.unread.shift() as Unread;
      units += item.line.length;
      batch.push(item);
    }
    for (const line of this.text.between(this.reached)) {
      if (isFull(batch.length)) break;
      units += line.length;
      batch.push({ line, index: this.reached++, gone: false });
    }
    return batch;
  }

  private read(batch: readonly Unread[], found: ReadonlyArray<readonly Hit[]>): void {
    this.asked = [];
    this.visited += batch.length;
    for (const [nth, { line, index, gone }] of batch.entries()) {
      if (gone) continue;
      const hits = found[nth] ?? [];
      this.known.set(line, hits);
      this.book(index, hits.length);
    }
  }

  private book(index: number, hits: number): void {
    this.all += hits;
    if (index < this.place.index) this.before += hits;
  }

  private moveTo({ index, hit }: Found): void {
    this.before += this.between(index);
    this.place = { index, at: hit.from };
    this.origin = this.text.startOf(index) + hit.from;
    this.host.moved();
    this.host.changed();
  }

  /** What goes on top of `before` when the place moves to another line. */
  private between(index: number): number {
    const [from, to] = index > this.place.index ? [this.place.index, index] : [index, this.place.index];
    let hits = 0;
    for (const line of this.text.between(from, to)) hits += this.hitsOf(line).length;
    return index > this.place.index ? hits : -hits;
  }

  private first(from: number, to: number, fits: (hit: Hit) => boolean = () => true): Found | undefined {
    let index = from;
    for (const line of this.text.between(from, to)) {
      const hit = this.hitsOf(line).find(fits);
      if (hit !== undefined) return { index, line, hit };
      index++;
    }
    return undefined;
  }

  private last(from: number, to: number, fits: (hit: Hit) => boolean = () => true): Found | undefined {
    let index = from;
    let found: Found | undefined;
    for (const line of this.text.between(from, to)) {
      const hit = this.hitsOf(line).findLast(fits);
      if (hit !== undefined) found = { index, line, hit };
      index++;
    }
    return found;
  }
}
