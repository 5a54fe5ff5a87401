#!/usr/bin/env node
// The command `earshot`. The package holds it compiled; in a clone of the repository it runs from source, by the script
// that every `npm run` starts with.
import { existsSync } from "node:fs";

const needed = [20, 19];
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(`earshot: Node ${needed.join(".")} or newer is needed, this is ${process.versions.node}`);
  process.exitCode = 1;
} else {
  const source = new URL("../setup/bootstrap.mjs", import.meta.url);
  await import(existsSync(source) ? source.href : new URL("../dist/tool/cli.js", import.meta.url).href);
}
