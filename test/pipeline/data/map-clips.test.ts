import path from "node:path";
import { expect, it } from "vitest";
import { createRandom } from "../../../common/random.ts";
import { renderClipMap } from "../../../datasets/card/clip-map.ts";
import { stackRows } from "../../../heads/matrix.ts";
import { mapClips } from "../../../pipeline/data/map-clips.ts";

const hostile = `<img src=x>"&`;
const labels = [hostile, "dog", "sea"];

/** Ten clips of each class, far apart; the first is labelled as another class, and is a part of its file. */
function makeEmbedded() {
  const random = createRandom(4, "embeddings");
  const clips = Array.from({ length: 30 }, (_, index) => ({
    id: `${hostile}${index}`,
    path: path.resolve("sounds", `${hostile} ${index}.wav`),
    source: String(index),
    fold: 1,
    label: labels[index === 0 ? 1 : index % 3] ?? "",
    ...(index === 0 && { range: { startSeconds: 1.5, endSeconds: 3 } }),
  }));
  const rows = clips.map((_, index) =>
    Float64Array.from({ length: 40 }, (_, column) => (column % 3 === index % 3 ? 3 : 0) + random.normal()),
  );
  return { labels, clips, rows: stackRows(rows) };
}

it("places alike clips together, the same each time, and names the clip with the wrong label first", () => {
  const map = mapClips(makeEmbedded(), "tiny");
  expect(mapClips(makeEmbedded(), "tiny")).toEqual(map);
  const [first] = map.suspects ?? [];
  expect(first).toMatchObject({ point: 0, suggested: hostile });
  const distance = (a: number, b: number): number => {
    const [one, other] = [map.points[a], map.points[b]];
    if (one === undefined || other === undefined) throw new Error("expected points");
    return Math.hypot(one.x - other.x, one.y - other.y);
  };
  const own = Math.max(...[3, 6, 9, 27].map((other) => distance(0, other)));
  const others = Math.min(...[1, 2, 4, 29].map((other) => distance(0, other)));
  expect(own).toBeLessThan(others);

  const { markup } = renderClipMap(map, path.resolve("runs"));
  expect(markup).not.toContain("<img");
  expect(markup.match(/<circle/g)).toHaveLength(30);
  const [sound] = /(?<=data-sound=")[^"]+/.exec(markup) ?? [];
  expect(sound).toBe(`../sounds/${encodeURIComponent(`${hostile} 0.wav`)}#t=1.5,3`);
});

it.each([2, 3])("draws %d clips, which have no neighbourhood, on a line", (count) => {
  const { clips, rows } = makeEmbedded();
  const few = {
    labels,
    clips: clips.slice(0, count),
    rows: stackRows([...Array(count).keys()].map((row) => rows.values.subarray(row * 40, row * 40 + 40))),
  };
  expect(
    mapClips({ ...few, labels: [...new Set(few.clips.map(({ label }) => label))] }, "tiny").points,
  ).toHaveLength(count);
});
