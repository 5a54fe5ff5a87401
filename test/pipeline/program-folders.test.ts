import path from "node:path";
import { describe, expect, it } from "vitest";
import { findCacheFolder } from "../../pipeline/program-folders.ts";

describe("findCacheFolder", () => {
  const home = path.resolve("/home/ada");
  it.each([
    ["linux", {}, path.join(home, ".cache", "earshot")],
    ["linux", { XDG_CACHE_HOME: path.resolve("/var/cache/ada") }, path.resolve("/var/cache/ada/earshot")],
    ["linux", { XDG_CACHE_HOME: "relative" }, path.join(home, ".cache", "earshot")],
    ["darwin", { XDG_CACHE_HOME: "/tmp" }, path.join(home, "Library", "Caches", "earshot")],
    ["win32", { LOCALAPPDATA: "L" }, path.join("L", "earshot", "Cache")],
    ["win32", {}, path.join(home, "AppData", "Local", "earshot", "Cache")],
    ["linux", { EARSHOT_CACHE: "here" }, path.resolve("here")],
    ["linux", { EARSHOT_CACHE: "" }, path.join(home, ".cache", "earshot")],
  ] as const)("is the usual folder of %s with %o", (platform, environment, expected) => {
    expect(findCacheFolder(platform, environment, home)).toBe(expected);
  });
});
