import { makeElement } from "../views/elements.ts";
import { openDialog } from "../views/open-dialog.ts";
import type { TaughtClip } from "./clip-store.ts";

export interface TrimActions {
  readonly onPlay: (from: number, to: number) => void;
  readonly onKeep: (from: number, to: number) => void;
}

const minSeconds = 0.3;
const stepSeconds = 0.05;

/**
 * A clip's waveform with a handle at each end of the part that is kept. The handles are two range inputs, one above the
 * other, so that they are keys and names for screen readers, too.
 */
export function openTrimDialog(clip: TaughtClip, { onPlay, onKeep }: TrimActions): void {
  const { seconds, peaks } = clip.trimmed?.whole ?? clip;
  const picture = makeElement("div", { className: "trim-picture" });
  const [start, end] = [makeHandle("Start", seconds), makeHandle("End", seconds)];
  start.valueAsNumber = clip.trimmed?.from ?? 0;
  end.valueAsNumber = clip.trimmed?.to ?? seconds;
  picture.append(drawPeaks(peaks), start, end);
  const figure = makeElement("p", { className: "note" });

  const show = () => {
    const [from, to] = [start.valueAsNumber, end.valueAsNumber];
    picture.style.setProperty("--from", String(from / seconds));
    picture.style.setProperty("--to", String(to / seconds));
    for (const handle of [start, end])
      handle.setAttribute("aria-valuetext", `${handle.valueAsNumber.toFixed(2)} s`);
    figure.textContent = `${from.toFixed(2)} s to ${to.toFixed(2)} s of ${seconds.toFixed(2)} s`;
  };
  start.addEventListener("input", () => {
    start.valueAsNumber = Math.min(start.valueAsNumber, Math.max(0, end.valueAsNumber - minSeconds));
    show();
  });
  end.addEventListener("input", () => {
    end.valueAsNumber = Math.max(end.valueAsNumber, Math.min(seconds, start.valueAsNumber + minSeconds));
    show();
  });

  const onPart = (act: TrimActions["onKeep"]) => () => {
    act(start.valueAsNumber, end.valueAsNumber);
  };
  show();
  openDialog({
    className: "trim",
    title: `Trim ${clip.name}`,
    content: [picture, figure],
    buttons: [
      { text: "Keep this part", className: "primary", closes: true, onPress: onPart(onKeep) },
      { text: "Play this part", onPress: onPart(onPlay) },
      { text: "Cancel", closes: true },
    ],
  });
}

function makeHandle(name: string, seconds: number): HTMLInputElement {
  const handle = makeElement("input");
  handle.type = "range";
  handle.min = "0";
  handle.max = String(seconds);
  handle.step = String(stepSeconds);
  handle.setAttribute("aria-label", name);
  return handle;
}

/** A waveform as bars around the middle: one path, which costs little for hundreds of clips, in the accent's colour. */
export function drawPeaks(peaks: Uint8Array): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const [picture, path] = [
    document.createElementNS(namespace, "svg"),
    document.createElementNS(namespace, "path"),
  ];
  const loudest = Math.max(1, ...peaks);
  const bars = Array.from(peaks, (peak, index) => {
    const half = Math.max(1, Math.round((46 * peak) / loudest));
    return `M${index + 0.5} ${50 - half}v${2 * half}`;
  });
  path.setAttribute("d", bars.join(""));
  picture.setAttribute("class", "peaks");
  picture.setAttribute("viewBox", `0 0 ${peaks.length} 100`);
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("aria-hidden", "true");
  picture.append(path);
  return picture;
}
