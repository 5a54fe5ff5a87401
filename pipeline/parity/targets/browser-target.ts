import path from "node:path";
import * as z from "zod";
import { at } from "../../../common/at.ts";
import { findBrowser } from "../../../setup/browser/find-browser.ts";
import { launchBrowser } from "../../../setup/browser/launch-browser.ts";
import { withInputFolder } from "./input-folder.ts";
import { type Target, UnavailableError } from "./target.ts";

const configFile = path.join(import.meta.dirname, "../../../web-demo/vite.config.ts");

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
    throw new UnavailableError("expected a Chromium, got none; npm run setup:browser");
  const { createServer } = await import("vite");
  const server = await createServer({
    configFile,
    publicDir: folder,
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
  });
  const browser = await launchBrowser();
  try {
    await server.listen();
    const page = await browser.newPage();
    page.setDefaultTimeout(0); // ten minutes of sound on a software WebGPU take their time
    const address = at(server.resolvedUrls?.local ?? [], 0);
    await page.goto(`${address}parity.html`, { waitUntil: "networkidle" });
    return await page.evaluate(expression).catch(explain);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** A browser that cannot start the model at all has no such target; playwright adds the place in the page. */
function explain(error: unknown): never {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  throw new UnavailableError(line.replace(/^page\.evaluate: (\w*Error: )?/, ""));
}
