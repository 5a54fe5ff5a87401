// Installs the browser of the tests: `npm run setup:browser`. Only Debian as root (a container, CI) is changed; anywhere
// else the machine is the user's own, and one line says what to install.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { findBrowser } from "./find-browser.ts";
import { describeError } from "../../common/describe-error.ts";

const quietWhenReady = process.argv.includes("--quiet-when-ready");

function setUpBrowser(): void {
  const found = findBrowser();
  if (found !== undefined) {
    if (!quietWhenReady) console.error(`browser: ready (${found})`);
    return;
  }
  if (process.env.CHROMIUM_PATH !== undefined) {
    throw new Error(`CHROMIUM_PATH is ${process.env.CHROMIUM_PATH}: there is no such file`);
  }
  if (!(existsSync("/etc/debian_version") && process.getuid?.() === 0)) {
    throw new Error(
      "install Chromium or Chrome (Debian, Ubuntu: sudo apt-get install chromium), or set CHROMIUM_PATH",
    );
  }
  console.error("browser: installing Debian's chromium (about 100 MB to download) ...");
  const begin = Date.now();
  runApt(["update", "-qq"]);
  runApt(["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
  const installed = findBrowser();
  if (installed === undefined) throw new Error("chromium was installed, but is in none of the usual places");
  console.error(`browser: ready in ${Math.round((Date.now() - begin) / 1000)} s (${installed})`);
}

function runApt(args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, error } = spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"], env });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`apt-get ${args.join(" ")} ended with ${String(status)}`);
}

try {
  setUpBrowser();
} catch (error) {
  console.error(`browser: not set up, ${describeError(error)}`);
  process.exitCode = 1;
}
