import { describe } from "vitest";
import { findBrowser } from "../../setup/browser/find-browser.ts";

export { launchBrowser } from "../../setup/browser/launch-browser.ts";

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
