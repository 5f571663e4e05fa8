/** What a device has of a document, in words. Facts only: that it has everything rests on its own receipt. */
import { say, since, spoken } from "../messages/index.ts";
import type { DeviceStatus } from "./core.ts";

export function held(device: DeviceStatus, now: number): string {
  switch (device.state) {
    case "has_all":
      return device.receipt_at ? say.status.hasAll(since(device.receipt_at, now)) : say.status.hasAllNow;
    case "behind":
      return say.status.behind(device.behind);
    case "waiting":
      return say.status.waiting;
    case "refused":
      return say.status.refused(spoken(device.said, device.reason ?? ""));
    case "unreachable":
      return device.last_seen ? say.status.unreachable(since(device.last_seen, now)) : say.share.neverSeen;
  }
}
