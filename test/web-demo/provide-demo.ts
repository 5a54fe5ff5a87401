import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchBrowser } from "../browser/launch-browser.ts";
import { buildDemoSite, type DemoSite } from "./demo-site.ts";

/** What the tests of a `describe` share, from the first to the last of them. */
export interface ProvidedDemo {
  readonly site: DemoSite;
  readonly browser: Browser;
}

/** @param prepareFlags further flags of the browser, from what lies in the site's folder */
export function provideDemo(
  model: Uint8Array,
  prepareFlags: (site: DemoSite) => Promise<string[]> | string[] = () => [],
): ProvidedDemo {
  let provided: ProvidedDemo | undefined;
  const expectProvided = () => {
    if (provided === undefined) throw new Error("demo: expected beforeAll to have built it");
    return provided;
  };

  beforeAll(async () => {
    const site = await buildDemoSite(model);
    provided = { site, browser: await launchBrowser(await prepareFlags(site)) };
  });

  afterAll(async () => {
    await provided?.browser.close();
    await provided?.site.close();
  });

  return {
    get site() {
      return expectProvided().site;
    },
    get browser() {
      return expectProvided().browser;
    },
  };
}
