import { at } from "../common/at.ts";
import type { FeatureConfig } from "../features/feature-config.ts";
import type { Standardisation } from "../features/input-transform.ts";
import type { GraphBuilder } from "../onnx/graph-builder.ts";

/** The clip's features [batch, frames, bands] in the form that is at hand; each call adds the nodes that make it. */
export interface FeatureSource {
  /** Raw log-mel ln(1 + power). */
  readonly addLogMel: () => string;
  readonly addPower: () => string;
  /** Columns behind the mel bands, [batch, frames, columns], that only the standardisation changes. */
  readonly scalars?: string;
}

/**
 * What happens to a clip's features before the network, as nodes: the same as `normaliseClip` and `standardise` of
 * features/input-transform.ts.
 * @returns the name of the standardised features [batch, frames, columns]
 */
export function addInputTransform(
  graph: GraphBuilder,
  source: FeatureSource,
  config: Pick<FeatureConfig, "clipLevel" | "clipMeanFraction">,
  standardisation: Standardisation,
): string {
  const { clipLevel } = config;
  let x = clipLevel === null ? source.addLogMel() : addLevel(graph, source.addPower(), clipLevel);
  if (config.clipMeanFraction > 0) x = addClipMean(graph, x, config.clipMeanFraction);
  if (source.scalars !== undefined)
    x = graph.addNode("Concat", [x, source.scalars], { axis: 2 }, { name: "input/columns" });
  return addStandardisation(graph, x, standardisation);
}

/** Mel power P brought to a mean of `level`: log(1 + level P / mean(P)). Silence stays silence. */
function addLevel(graph: GraphBuilder, power: string, level: number): string {
  const mean = addMean(graph, power, [1, 2], "input/level/mean");
  const floored = graph.addNode("Max", [mean, graph.addScalar(1e-30)], {}, { name: "input/level/floor" });
  const gain = graph.addNode("Div", [graph.addScalar(level), floored], {}, { name: "input/level/gain" });
  const scaled = graph.addNode("Mul", [power, gain], {}, { name: "input/level/scale" });
  const plusOne = graph.addNode("Add", [scaled, graph.addScalar(1)], {}, { name: "input/level/plus_one" });
  return graph.addNode("Log", [plusOne], {}, { name: "input/level" });
}

/**
 * Log-mel back to power: e^x - 1 as tanh(x / 2) (e^x + 1): the difference would lose all digits of a small x, which a
 * quiet clip's gain would then amplify.
 */
export function addExpm1(graph: GraphBuilder, x: string): string {
  const half = graph.addNode("Mul", [x, graph.addScalar(0.5)], {}, { name: "input/expm1/half" });
  const tanh = graph.addNode("Tanh", [half], {}, { name: "input/expm1/tanh" });
  const exp = graph.addNode("Exp", [x], {}, { name: "input/expm1/exp" });
  const plusOne = graph.addNode("Add", [exp, graph.addScalar(1)], {}, { name: "input/expm1/plus_one" });
  return graph.addNode("Mul", [tanh, plusOne], {}, { name: "input/expm1" });
}

/** x - fraction * (each band's mean over time). */
function addClipMean(graph: GraphBuilder, x: string, fraction: number): string {
  const mean = addMean(graph, x, [1], "input/clip_mean/mean");
  const part = graph.addNode(
    "Mul",
    [mean, graph.addScalar(fraction)],
    {},
    { name: "input/clip_mean/fraction" },
  );
  return graph.addNode("Sub", [x, part], {}, { name: "input/clip_mean" });
}

/** (x - mean) / deviation as one Mul and one Add. */
function addStandardisation(graph: GraphBuilder, x: string, { mean, deviation }: Standardisation): string {
  const scale = Float32Array.from(deviation, (value) => 1 / value);
  const shift = Float32Array.from(mean, (value, band) => -value / at(deviation, band));
  const scaleName = graph.addConstant("input/standardise/scale", scale, [scale.length]);
  const shiftName = graph.addConstant("input/standardise/shift", shift, [shift.length]);
  const scaled = graph.addNode("Mul", [x, scaleName], {}, { name: "input/standardise/mul" });
  return graph.addNode("Add", [scaled, shiftName], {}, { name: "input/standardise" });
}

/** Keeps the axes. From opset 18 on they are an input. */
function addMean(graph: GraphBuilder, x: string, axes: readonly number[], name: string): string {
  return graph.opset >= 18
    ? graph.addNode("ReduceMean", [x, graph.addInts(axes)], { keepdims: 1 }, { name })
    : graph.addNode("ReduceMean", [x], { axes, keepdims: 1 }, { name });
}
