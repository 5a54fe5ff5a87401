import * as z from "zod";
import { findBrowser } from "../../../setup/browser/find-browser.ts";
import { servePage } from "../../page/serve-page.ts";
import { withInputFolder } from "./input-folder.ts";
import { type Target, UnavailableError } from "./target.ts";
import { describeErrorLine } from "../../../common/describe-error.ts";

const answersSchema = z.array(
  z.union([
    z.object({ logits: z.array(z.number().nullable()), ms: z.number() }),
    z.object({ error: z.string() }),
  ]),
);

/** A real Chromium without a window, which runs the model on web-demo/parity.html. */
export function browserTarget(provider: "wasm" | "webgpu"): Target {
  return async (model, inputs) =>
    withInputFolder(model, inputs, async (folder) => {
      const answers = await askParityPage(folder, `answerInputs(${JSON.stringify(provider)})`);
      return answersSchema
        .parse(answers)
        .map((answer) =>
          "error" in answer
            ? answer
            : { logits: Float32Array.from(answer.logits, (logit) => logit ?? NaN), ms: answer.ms },
        );
    });
}

/**
 * The value of an expression on web-demo/parity.html, in a Chromium without a window.
 * @param folder is served beside the page @throws UnavailableError
 */
export async function askParityPage(folder: string, expression: string): Promise<unknown> {
  if (findBrowser() === undefined)
    throw new UnavailableError("expected Chromium or Chrome, got none; install it, or set CHROMIUM_PATH");
  const { launchBrowser } = await import("../../../setup/browser/launch-browser.ts").catch(() => {
    throw new UnavailableError("expected the package playwright-core, got none; npm install playwright-core");
  });
  const server = await servePage(folder, { host: "127.0.0.1", port: 0 });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0); // ten minutes of sound on a software WebGPU take their time
    await page.goto(`${server.address}parity.html`, { waitUntil: "networkidle" });
    return await page.evaluate(expression).catch(explain);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** A browser that cannot start the model at all has no such target; playwright adds the place in the page. */
function explain(error: unknown): never {
  const line = describeErrorLine(error);
  throw new UnavailableError(line.replace(/^page\.evaluate: (\w*Error: )?/, ""));
}
