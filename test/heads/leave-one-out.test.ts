import { describe, expect, it } from "vitest";
import { at } from "../../common/at.ts";
import { createRandom } from "../../common/random.ts";
import { scaleLogits, scoreRows } from "../../heads/linear-head.ts";
import { fitLogisticRegression } from "../../heads/logistic-regression.ts";
import { scoreLeftOut } from "../../heads/leave-one-out.ts";
import { normaliseRows, stackRows, takeRows, viewRow } from "../../heads/matrix.ts";

const random = createRandom(5, "leave one out");
const columns = 30;
const centres = [0, 1, 2].map(() => Array.from({ length: columns }, () => random.normal()));

/** Two clips of each recording, three classes. */
function makeClips(recordings: number) {
  const labels = Array.from({ length: 2 * recordings }, (_, clip) => Math.floor(clip / 2) % 3);
  const rows = stackRows(
    labels.map((label) => at(centres, label).map((value) => value + 0.7 * random.normal())),
  );
  const groups = labels.map((_, clip) => `recording ${Math.floor(clip / 2)}`);
  return { rows, labels, groups, classes: 3 };
}

describe("logits of clips that are left out", () => {
  it("are those of a head trained on all other recordings", () => {
    const clips = makeClips(9);
    const scored = scoreLeftOut(clips, { strength: 10, temperature: 2 });
    const rows = normaliseRows(clips.rows);
    for (const recording of new Set(clips.groups)) {
      const places = [...clips.groups.keys()];
      const trained = places.filter((row) => clips.groups[row] !== recording);
      const tested = places.filter((row) => clips.groups[row] === recording);
      const part = {
        rows: takeRows(rows, trained),
        labels: trained.map((row) => at(clips.labels, row)),
        classes: 3,
      };
      const head = scaleLogits(fitLogisticRegression(part, 10), 2);
      const expected = scoreRows(head, takeRows(rows, tested));
      for (const [position, row] of tested.entries())
        for (const [label, logit] of viewRow(expected, position).entries())
          expect(scored && at(viewRow(scored, row), label)).toBeCloseTo(logit, 1);
    }
  });

  it("are there for every clip of many recordings", () => {
    const clips = makeClips(90);
    const scored = scoreLeftOut(clips, { strength: 10, temperature: 1 });
    const hits = clips.labels.filter((label, row) => {
      const logits = scored && [...viewRow(scored, row)];
      return logits?.indexOf(Math.max(...logits)) === label;
    });
    expect(hits.length).toBeGreaterThan(0.9 * clips.labels.length);
  });

  it("do not exist where a class has one recording", () => {
    expect(scoreLeftOut(makeClips(4), { strength: 10, temperature: 1 })).toBeUndefined();
  });
});
