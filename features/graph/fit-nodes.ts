import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import type { FeatureConfig } from "../feature-config.ts";
import { countClipFrames, silentFraction } from "../fit-clip.ts";

const float32 = 1; // `TensorProto.DataType`, as Cast wants it
const int64 = 7;

/**
 * Adds power [batch, frames, melBands] of any number of frames -> [batch, countClipFrames, melBands], as `fitClip`
 * does, for each clip of a batch by itself.
 */
export function addFittedClip(graph: GraphBuilder, power: string, config: FeatureConfig): string {
  switch (config.padding) {
    case "zero":
    case "centre":
      return addPlacedFrames(graph, power, config);
    case "repeat":
      return addLoopedFrames(graph, power, config, false);
    case "loop":
      return addLoopedFrames(graph, power, config, true);
  }
}

/** Cuts what is too long; fills what is too short with frames of no power. */
function addPlacedFrames(graph: GraphBuilder, power: string, config: FeatureConfig): string {
  const frames = countClipFrames(config);
  const name = (role: string) => ({ name: `fit/${role}` });
  const ints = (...values: number[]): string => graph.addInts(values);
  const cut = graph.addNode("Slice", [power, ints(0), ints(frames), ints(1)], {}, name("cut"));
  const own = graph.addNode("Shape", [cut], { start: 1, end: 2 }, name("frames"));
  const missing = graph.addNode("Sub", [ints(frames), own], {}, name("missing"));
  const before =
    config.padding === "centre" ? graph.addNode("Div", [missing, ints(2)], {}, name("before")) : ints(0);
  const after = graph.addNode("Sub", [missing, before], {}, name("after"));
  const pads = graph.addNode(
    "Concat",
    [ints(0), before, ints(0, 0), after, ints(0)],
    { axis: 0 },
    name("pads"),
  );
  return graph.addNode("Pad", [cut, pads], {}, { name: "fitted_power" });
}

/**
 * Frame t is frame `first + t mod length`, with one Gather of rows for the whole batch. All numbers are float32, in
 * which whole numbers up to 2^24 are exact, because every runtime computes in it.
 */
function addLoopedFrames(
  graph: GraphBuilder,
  power: string,
  config: FeatureConfig,
  isTrimmed: boolean,
): string {
  const frames = countClipFrames(config);
  const add = (opType: string, inputs: readonly string[], role: string): string =>
    graph.addNode(opType, inputs, {}, { name: `fit/${role}` });
  const cast = (value: string, to: number, role: string): string =>
    graph.addNode("Cast", [value], { to }, { name: `fit/${role}` });
  const countInts = (axis: number, role: string): string =>
    add("Squeeze", [graph.addNode("Shape", [power], { start: axis, end: axis + 1 })], role);
  const addInt = (value: number): string =>
    graph.addConstant(`int_${value}`, BigInt64Array.of(BigInt(value)), []);
  const range = (end: string, role: string): string => add("Range", [addInt(0), end, addInt(1)], role);

  const own = countInts(1, "frames");
  const ownFloat = cast(own, float32, "frames_float");
  const { first, length } = isTrimmed
    ? addSound(graph, power, {
        frames: ownFloat,
        places: cast(range(own, "places"), float32, "places_float"),
      })
    : { first: graph.addScalar(0), length: ownFloat };

  const steps = Float32Array.from({ length: frames }, (_, step) => step);
  const times = graph.addConstant("fit/times", steps, [1, frames]);
  // Half a frame later, so that a division that is rounded downwards finds the same turn.
  const turns = add(
    "Floor",
    [add("Div", [add("Add", [times, graph.addScalar(0.5)], "later"), length], "turns_exact")],
    "turns",
  );
  const inLoop = add("Sub", [times, add("Mul", [turns, length], "turned")], "in_loop");
  const index = cast(add("Add", [first, inLoop], "index_float"), int64, "index");

  const clips = add("Unsqueeze", [range(countInts(0, "batch"), "clips"), graph.addInts([1])], "clip_rows");
  const rows = add("Add", [add("Mul", [clips, own], "first_rows"), index], "rows");
  const all = add("Reshape", [power, graph.addInts([-1, config.melBands])], "all_frames");
  return graph.addNode("Gather", [all, rows], { axis: 0 }, { name: "fitted_power" });
}

interface Frames {
  /** Their number. */
  readonly frames: string;
  /** 0, 1, 2 ... [frames] */
  readonly places: string;
}

/**
 * The first frame of sound and the number from there to the last, both [batch, 1]. Without a frame of sound (digital
 * silence, whose power does not exceed its own maximum of 0) `first` is `frames` and `length` is -frames, and
 * `first + t mod length` is `t mod frames`: the clip as it is.
 */
function addSound(
  graph: GraphBuilder,
  power: string,
  { frames, places }: Frames,
): { readonly first: string; readonly length: string } {
  const add = (opType: string, inputs: readonly string[], role: string): string =>
    graph.addNode(opType, inputs, {}, { name: `fit/${role}` });
  const addMax = (value: string, role: string): string =>
    graph.opset >= 18
      ? graph.addNode("ReduceMax", [value, graph.addInts([1])], { keepdims: 1 }, { name: `fit/${role}` })
      : graph.addNode("ReduceMax", [value], { axes: [1], keepdims: 1 }, { name: `fit/${role}` });
  const powers = graph.addNode(
    "ReduceSum",
    [power, graph.addInts([2])],
    { keepdims: 0 },
    { name: "fit/frame_power" },
  );
  const threshold = add("Mul", [addMax(powers, "loudest"), graph.addScalar(silentFraction)], "threshold");
  const isSound = graph.addNode(
    "Cast",
    [add("Greater", [powers, threshold], "is_sound")],
    { to: float32 },
    { name: "fit/is_sound_float" },
  );
  const afterPlace = add("Add", [places, graph.addScalar(1)], "after_place");
  const toEnd = add("Sub", [frames, places], "to_end");
  const end = addMax(add("Mul", [isSound, afterPlace], "sound_ends"), "end");
  const start = add(
    "Sub",
    [frames, addMax(add("Mul", [isSound, toEnd], "sound_starts"), "from_start")],
    "start",
  );
  return { first: start, length: add("Sub", [end, start], "length") };
}
