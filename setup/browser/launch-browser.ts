import { type Browser, chromium } from "playwright-core";
import { findBrowser } from "./find-browser.ts";

/** WebGPU without a graphics card: SwiftShader computes it on the processor. */
const webGpuFlags = [
  "--enable-unsafe-webgpu",
  "--enable-features=Vulkan,WebGPU",
  "--use-webgpu-adapter=swiftshader",
  "--use-vulkan=swiftshader",
  "--use-angle=swiftshader",
];

/**
 * Starts Chromium without a window, with WebGPU on the processor. Close it after use.
 *
 * @param extraFlags for example those of a microphone that plays a file
 * @throws {Error} when there is no browser
 */
export function launchBrowser(extraFlags: readonly string[] = []): Promise<Browser> {
  return launchPlainBrowser([...webGpuFlags, ...extraFlags]);
}

/** Chromium as it comes, for what is timed without WebGPU: pictures are drawn faster so. @throws as `launchBrowser` */
export async function launchPlainBrowser(extraFlags: readonly string[] = []): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("no Chromium found: npm run setup:browser");
  // Chromium's sandbox needs rights that containers do not give; only pages of this project are opened.
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...extraFlags] });
}
