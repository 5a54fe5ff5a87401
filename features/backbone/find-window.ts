import { UserError } from "../../common/user-error.ts";
import type { ForeignValue } from "../../onnx/rewrite/foreign-graph.ts";
import { type LogMelInput, logMelInputs } from "./log-mel-config.ts";
import { countLogMelSamples } from "./log-mel-input.ts";

/** What the user says of a backbone's input. */
export interface WindowOptions {
  readonly windowSamples?: number | undefined;
  /** The log-mel that it takes; without it, samples. */
  readonly logMel?: LogMelInput | undefined;
}

interface InputWindow {
  readonly windowSamples: number;
  /** The input's shape for one window. */
  readonly dims: number[];
}

/**
 * How much sound a backbone takes in one run, by its input's shape and by what the user says.
 * @param name of the file, for messages
 * @throws UserError for a shape that is neither samples nor the log-mel that was named, an unknown length, another one
 */
export function findWindow(
  input: ForeignValue,
  name: string,
  { windowSamples, logMel }: WindowOptions,
): InputWindow {
  return logMel === undefined
    ? findSampleWindow(input, name, windowSamples)
    : findMelWindow(input, name, windowSamples, logMel);
}

/** One axis holds the samples; the others are 1, or as many clips as are given. */
function findSampleWindow(input: ForeignValue, name: string, given: number | undefined): InputWindow {
  const long = input.dims.filter((size) => typeof size === "number" && size > 1);
  if (long.length > 1)
    throw new UserError(
      `${name}: expected a backbone that takes samples, got the input ${describeValue(input)}; if that is log-mel, say ` +
        `which by --backbone-input (${Object.keys(logMelInputs).join(", ")}, or a JSON file: docs/few-shot.md)`,
    );
  const [fixed] = long;
  const windowSamples = typeof fixed === "number" ? fixed : given;
  if (windowSamples === undefined) throw createLengthError(input, name);
  if (given !== undefined && given !== windowSamples)
    throw new UserError(
      `${name}: expected --backbone-window ${windowSamples}, as its input is, got ${given}`,
    );
  const last = input.dims.length - 1;
  const place = typeof fixed === "number" ? input.dims.indexOf(fixed) : last;
  return { windowSamples, dims: input.dims.map((_, axis) => (axis === place ? windowSamples : 1)) };
}

/** Of log-mel, one axis holds the bands and the other the frames, from which the samples are counted. */
function findMelWindow(
  input: ForeignValue,
  name: string,
  given: number | undefined,
  logMel: LogMelInput,
): InputWindow {
  const { bands, hopSamples, frameSamples, isCentred } = logMel;
  const axes = [...input.dims.keys()].filter((axis) => input.dims[axis] !== 1);
  const [first, last] = axes.slice(-2);
  const bandAxis = [last, first].find((axis) => axis !== undefined && input.dims[axis] === bands);
  const frameAxis = [last, first].find((axis) => axis !== bandAxis);
  if (bandAxis === undefined || frameAxis === undefined)
    throw new UserError(
      `${name}: expected an input with an axis of ${bands} bands, as --backbone-input says, and one of frames, got ${describeValue(input)}`,
    );
  const fixed = input.dims[frameAxis];
  const counted =
    given === undefined ? undefined : Math.floor((isCentred ? given : given - frameSamples) / hopSamples) + 1;
  const frames = typeof fixed === "number" ? fixed : counted;
  if (frames === undefined) throw createLengthError(input, name);
  const windowSamples = given ?? countLogMelSamples(logMel, frames);
  if (counted !== undefined && counted !== frames)
    throw new UserError(
      `${name}: expected --backbone-window ${countLogMelSamples(logMel, frames)}, which gives the ${frames} frames of its input, got ${windowSamples}`,
    );
  const sizes = new Map([
    [bandAxis, bands],
    [frameAxis, frames],
  ]);
  return { windowSamples, dims: input.dims.map((_, axis) => sizes.get(axis) ?? 1) };
}

function createLengthError(input: ForeignValue, name: string): UserError {
  return new UserError(
    `${name}: expected to know how many samples the backbone takes in one run, got ${describeValue(input)}; ` +
      "say it by --backbone-window, e.g. 16000",
  );
}

export function describeValue({ name, dims }: ForeignValue): string {
  return `${name} [${dims.join(", ")}]`;
}
