import { type Browser, chromium } from "playwright-core";
import { describe } from "vitest";
import { findBrowser } from "../../setup/find-browser.ts";

/** WebGPU without a graphics card: SwiftShader computes it on the processor. */
const webGpuFlags = [
  "--enable-unsafe-webgpu",
  "--enable-features=Vulkan,WebGPU",
  "--use-webgpu-adapter=swiftshader",
  "--use-vulkan=swiftshader",
  "--use-angle=swiftshader",
];

/** Why browser tests are skipped; undefined when they run, and always with CI set, where a missing browser fails. */
export const browserSkipReason: string | undefined =
  findBrowser() !== undefined || process.env.CI !== undefined
    ? undefined
    : "no browser: npm run setup:browser";

/** `describe` for tests that need a browser: skipped, with the reason in the title, where there is none. */
export function describeWithBrowser(title: string, body: () => void): void {
  describe.skipIf(browserSkipReason !== undefined)(
    browserSkipReason === undefined ? title : `${title} (${browserSkipReason})`,
    body,
  );
}

/**
 * Starts Chromium without a window, with WebGPU on the processor. Close it in `afterAll`.
 *
 * @throws {Error} when there is no browser
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("no Chromium found: npm run setup:browser");
  // Chromium's sandbox needs rights that containers do not give; the tests open only pages of this project.
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...webGpuFlags] });
}
