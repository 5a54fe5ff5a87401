import path from "node:path";
import { expect, it } from "vitest";
import {
  compareParityFiles,
  formatFileComparison,
} from "../../../pipeline/parity/files/compare-parity-files.ts";
import { projectFolder } from "../../../setup/run-tool.ts";
import { describeWithBrowser } from "../../browser/launch-browser.ts";
import { describeWithOracle } from "../../python/oracle.ts";

const model = path.join(projectFolder, "pretrained", "esc10.onnx");

describeWithOracle("whole files, decoded by soundfile", () => {
  describeWithBrowser("and by a real browser", () => {
    it(
      "get classify's logits; where each resamples in its own way, its class",
      { timeout: 180_000 },
      async () => {
        const comparison = await compareParityFiles(model);
        const text = formatFileComparison(comparison);
        expect(comparison.outcomes.map(({ unavailable }) => unavailable)).toEqual([undefined, undefined]);
        for (const { files } of comparison.outcomes) {
          expect(files.filter(({ isResampled }) => !isResampled)).toHaveLength(11);
          expect(files.filter(({ isResampled }) => isResampled)).toHaveLength(7);
          expect(
            files.every(({ topClassAgrees }) => topClassAgrees),
            text,
          ).toBe(true);
        }
        expect(comparison.passed, text).toBe(true);
      },
    );
  });
});
