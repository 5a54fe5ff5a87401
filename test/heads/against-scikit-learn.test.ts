import { beforeAll, expect, it } from "vitest";
import { createRandom } from "../../common/random.ts";
import { scoreRows } from "../../heads/linear-head.ts";
import { fitLogisticRegression, type LabelledRows } from "../../heads/logistic-regression.ts";
import { type Matrix, normaliseRows, viewRow } from "../../heads/matrix.ts";
import { fitNearestCentroid } from "../../heads/nearest-centroid.ts";
import { fitNearestNeighbours } from "../../heads/nearest-neighbours.ts";
import { toProbabilities } from "../../heads/temperature.ts";
import { fitQuestions } from "../../heads/train-label-sets.ts";
import { askPython, describeWithOracle } from "../python/oracle.ts";
import type { NpyArray } from "../python/npy.ts";

/** Rows around one centre a class, so that classes overlap. */
function drawRows(rows: number, columns: number, classes: number): LabelledRows {
  const random = createRandom(rows, "rows");
  const labels = Array.from({ length: rows }, (_, row) => row % classes);
  const centres = Float64Array.from({ length: classes * columns }, () => 0.5 * random.normal());
  const values = Float64Array.from({ length: rows * columns }, (_, index) => {
    const label = Math.floor(index / columns) % classes;
    return (centres[label * columns + (index % columns)] ?? NaN) + random.normal();
  });
  return { rows: { rows, columns, values }, labels, classes };
}

const cases = [
  { title: "more columns than rows", rows: 40, columns: 200, classes: 5, strength: 0.1 },
  { title: "more rows than columns", rows: 300, columns: 12, classes: 4, strength: 1 },
  { title: "two classes", rows: 30, columns: 50, classes: 2, strength: 0.01 },
  { title: "two clips a class", rows: 6, columns: 2048, classes: 3, strength: 1 },
];

const script = `
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
for index, case in enumerate(parameters):
    x, y, tests = arrays[f"x{index}"], np.array(case["labels"]), arrays[f"tests{index}"]
    c = case["strength"] * (2 if len(set(y)) == 2 else 1)  # scikit-learn fits two classes as one sigmoid
    model = LogisticRegression(C=c, solver="newton-cg", tol=1e-12, max_iter=100000).fit(x, y)
    outputs[f"probabilities{index}"] = model.predict_proba(tests)
    background, k = arrays[f"background{index}"], len(set(y))  # of no class: each class, at a part of the weight
    beside = np.vstack([x] + [background] * k)
    labels = np.concatenate([y] + [np.full(len(background), label) for label in range(k)])
    weights = np.concatenate([np.ones(len(y)), np.full(len(background) * k, len(y) / k / len(background) / k)])
    model.fit(beside, labels, sample_weight=weights)
    outputs[f"unsure{index}"] = model.predict_proba(tests)
    unit = lambda rows: rows / np.linalg.norm(rows, axis=1, keepdims=True)
    outputs[f"neighbour{index}"] = (
        KNeighborsClassifier(1, metric="cosine").fit(x, y).predict(tests).astype(np.float64)
    )
    cosines = unit(tests) @ unit(x).T
    outputs[f"two{index}"] = np.stack(
        [np.sort(cosines[:, y == label], axis=1)[:, -2:].mean(axis=1) for label in sorted(set(y))], axis=1
    )
    sets = np.stack([[label in own for label in range(k)] for own in case["sets"]])  # each class by itself
    beside, weights = np.vstack([x, background]), np.concatenate(
        [np.ones(len(y)), np.full(len(background), len(y) / 2 / len(background))]
    )
    model = LogisticRegression(C=2 * case["strength"], solver="newton-cg", tol=1e-12, max_iter=100000)
    outputs[f"sets{index}"] = np.stack(
        [
            model.fit(beside, np.concatenate([own, np.zeros(len(background))]), sample_weight=weights)
            .predict_proba(tests)[:, 1]
            for own in sets.T
        ],
        axis=1,
    )
    outputs[f"nearest{index}"] = NearestCentroid().fit(x, y).predict(tests).astype(np.float64)
`;

describeWithOracle("heads against scikit-learn", () => {
  const problems = cases.map((parameters, index) => ({
    ...parameters,
    index,
    data: drawRows(parameters.rows, parameters.columns, parameters.classes),
    tests: drawRows(25, parameters.columns, parameters.classes).rows,
    background: drawRows(7, parameters.columns, 1).rows,
    // The class, in every third row the next one too, and in every seventh none.
    sets: Array.from({ length: parameters.rows }, (_, row) =>
      row % 7 === 6
        ? []
        : [row, ...(row % 3 === 0 ? [row + 1] : [])].map((label) => label % parameters.classes),
    ),
  }));
  let expected: Record<string, NpyArray>;

  beforeAll(async () => {
    const arrays = problems.flatMap(({ index, data, tests, background }) => [
      [`background${index}`, toNpy(background)] as const,
      [`x${index}`, toNpy(data.rows)] as const,
      [`tests${index}`, toNpy(tests)] as const,
    ]);
    const parameters = problems.map(({ data, sets, strength }) => ({ labels: data.labels, sets, strength }));
    expected = await askPython(script, Object.fromEntries(arrays), parameters);
  });

  it.each(problems)(
    "logistic regression, $title: the same probabilities",
    ({ index, data, tests, strength }) => {
      const head = fitLogisticRegression(data, strength, { gradientTolerance: 1e-9 });
      const probabilities = toProbabilities(scoreRows(head, tests));
      expectClose(probabilities.values, expected[`probabilities${index}`], 1e-6);
    },
  );

  it.each(problems)(
    "logistic regression beside background, $title: the same probabilities",
    ({ index, data, tests, background, strength }) => {
      const head = fitLogisticRegression({ ...data, background }, strength, { gradientTolerance: 1e-9 });
      const probabilities = toProbabilities(scoreRows(head, tests));
      expectClose(probabilities.values, expected[`unsure${index}`], 5e-6);
    },
  );

  it.each(problems)(
    "a logistic regression for each class beside background, $title: the same probabilities",
    ({ index, data, sets, tests, background, strength }) => {
      const rows = { ...data, labels: sets, background };
      const [head] = fitQuestions(rows, [strength], { gradientTolerance: 1e-8 });
      if (head === undefined) throw new Error("expected a head for the strength");
      const probabilities = toProbabilities(scoreRows(head, tests), "several");
      expectClose(probabilities.values, expected[`sets${index}`], 5e-6);
    },
  );

  it.each(problems)("nearest centroid, $title: the same classes", ({ index, data, tests }) => {
    const scores = scoreRows(fitNearestCentroid(data), tests);
    expectClose(pickClasses(scores), expected[`nearest${index}`], 0);
  });

  it.each(problems)("nearest neighbours, $title: the same classes, and mean cosines", (problem) => {
    const { index, data, tests } = problem;
    const unit = { ...data, rows: normaliseRows(data.rows) };
    const score = (count: number) => scoreRows(fitNearestNeighbours(unit, count), normaliseRows(tests));
    expectClose(pickClasses(score(1)), expected[`neighbour${index}`], 0);
    const cosines = score(2).values.map((logit) => logit / 20);
    expectClose(cosines, expected[`two${index}`], 1e-12);
  });
});

function pickClasses(scores: Matrix): number[] {
  return Array.from({ length: scores.rows }, (_, row) => {
    const own = viewRow(scores, row);
    return own.indexOf(Math.max(...own));
  });
}

function toNpy({ rows, columns, values }: Matrix): NpyArray {
  return { shape: [rows, columns], data: values };
}

function expectClose(ours: ArrayLike<number>, theirs: NpyArray | undefined, tolerance: number): void {
  const data = theirs?.data ?? [];
  expect(ours.length).toBe(data.length);
  const largest = Math.max(...Array.from(ours, (value, index) => Math.abs(value - Number(data[index]))));
  expect(largest).toBeLessThanOrEqual(tolerance);
}
