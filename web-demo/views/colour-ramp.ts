import { at } from "../../common/at.ts";

/** 256 colours from silence to the loudest, as the style sheet's `--spectrum` says them: light and dark differ. */
type ColourRamp = Uint8ClampedArray<ArrayBuffer>;

type Colour = readonly [red: number, green: number, blue: number];

const steps = 256;
/** Above 1 the quiet parts grow darker, so that sounds stand out of their background. */
const contrast = 1.35;

/** Colours at even distances between the stops. @returns [steps, 4] red, green, blue, alpha */
function readColourRamp(): ColourRamp {
  const stops = getComputedStyle(document.documentElement)
    .getPropertyValue("--spectrum")
    .split(",")
    .map((text) => readHex(text.trim()));
  const ramp = new Uint8ClampedArray(steps * 4);
  for (let step = 0; step < steps; step++) {
    const place = (step / (steps - 1)) * (stops.length - 1);
    const [from, to] = [at(stops, Math.floor(place)), at(stops, Math.ceil(place))];
    const mix = (channel: 0 | 1 | 2): number => from[channel] + (to[channel] - from[channel]) * (place % 1);
    ramp.set([mix(0), mix(1), mix(2), 255], 4 * step); // rounds
  }
  return ramp;
}

/** The ramp's colours as whole pixels. */
export function readColours(): Uint32Array {
  return new Uint32Array(readColourRamp().buffer);
}

/** The same with contrast, for levels at equal distances: no pixel asks for a power. */
export function readShades(): Uint32Array {
  const colours = readColours();
  const last = steps - 1;
  return colours.map((_, level) => at(colours, Math.round((level / last) ** contrast * last)));
}

function readHex(text: string): Colour {
  const value = Number.parseInt(text.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
