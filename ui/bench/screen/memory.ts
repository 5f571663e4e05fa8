/** What the process of a page takes of the machine's memory, the same way for every engine: its proportional set (what it shares is shared out). */
import { readFileSync, readdirSync } from "node:fs";

interface Process {
  readonly id: number;
  readonly parent: number;
}

/** Megabytes of the largest page process below this one; undefined when there is none. */
export function pageMemory(): number | undefined {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(Number(name)));
  const ours = new Set([process.pid]);
  for (let grew = true; grew;) {
    grew = false;
    for (const { id, parent } of processes) {
      if (ours.has(id) || !ours.has(parent)) continue;
      ours.add(id);
      grew = true;
    }
  }
  const sizes = [...ours].filter(isPage).flatMap(sizeOf);
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}

function read(id: number): Process[] {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, "utf8");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    return [{ id, parent }];
  } catch {
    return [];
  }
}

function isPage(id: number): boolean {
  try {
    const line = readFileSync(`/proc/${id}/cmdline`, "utf8");
    return line.includes("--type=renderer") || line.includes("WebKitWebProcess");
  } catch {
    return false;
  }
}

function sizeOf(id: number): number[] {
  try {
    const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))?.[1];
    return kilobytes === undefined ? [] : [Number(kilobytes) / 1024];
  } catch {
    return [];
  }
}
