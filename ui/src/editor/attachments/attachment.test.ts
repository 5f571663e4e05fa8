/** What an embed says of its file is read with distrust, and drawn only where it is small enough. */
import { describe, expect, it } from "vitest";
import { isDrawn, readAttachment } from "./attachment.ts";

const value = { hash: "ab".repeat(32), size: 12_000, name: "field.png", type: "image/png", width: 640, height: 480 };

describe("an attachment", () => {
  it("is what its embed says", () => {
    expect(readAttachment(value)).toEqual(value);
  });

  it("is nothing when its value could be no file's", () => {
    for (const odd of [
      null,
      "x",
      [],
      { ...value, hash: "AB".repeat(32) },
      { ...value, hash: "../x" },
      { ...value, size: -1 },
      { ...value, size: 0.5 },
    ])
      expect(readAttachment(odd), JSON.stringify(odd)).toBeUndefined();
  });

  it("is drawn when its type is an image's and its pixels are few enough", () => {
    const drawn = (change: object): boolean => {
      const read = readAttachment({ ...value, ...change });
      return read !== undefined && isDrawn(read);
    };
    expect(drawn({})).toBe(true);
    expect(drawn({ type: "image/svg+xml" })).toBe(true);
    expect(drawn({ width: 100_000, height: 100_000 })).toBe(false);
    expect(drawn({ type: "text/html" })).toBe(false);
    expect(drawn({ width: "640" })).toBe(false);
  });
});
