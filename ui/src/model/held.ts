/** What a device has of a document, in words. Facts only: that it has everything rests on its own receipt. */
import { say, since, spoken } from "../messages/index.ts";
import type { DeviceStatus } from "./core.ts";

/** One sentence, `more` in it; then why it is so, where the core knows. */
export function held(device: DeviceStatus, now: number, ...more: readonly string[]): string {
  const facts = [has(device, now), ...more].join(" · ");
  // A refusal has its reason in it.
  return device.reason && device.state !== "refused" ? `${facts}. ${spoken(device.said, device.reason)}` : facts;
}

function has(device: DeviceStatus, now: number): string {
  switch (device.state) {
    case "has_all":
      return device.receipt_at ? say.status.hasAll(since(device.receipt_at, now)) : say.status.hasAllNow;
    case "behind":
      return say.status.behind(device.behind);
    case "waiting":
      return say.members.unknown;
    case "refused":
      return say.status.refused(spoken(device.said, device.reason ?? ""));
    case "unreachable":
      return unreachable(device, now);
  }
}

function unreachable({ behind, last_seen }: DeviceStatus, now: number): string {
  if (behind > 0) return [say.status.edits(behind), seen(last_seen, now)].join(", ");
  return last_seen ? say.status.unreachable(since(last_seen, now)) : say.share.neverSeen;
}

function seen(last: number | null, now: number): string {
  return last ? say.share.lastSeen(since(last, now)) : say.share.neverSeen;
}
