import type { Layer } from "../../runtime/web.ts";
import type { OpenedModel } from "../worker/protocol.ts";
import { fitCanvas, makeElement } from "./elements.ts";
import { formatCount } from "./format.ts";

/** Pictures are drawn in this space, whatever their size on the screen. */
const box = { width: 240, height: 120 };

type Shape = readonly [element: "rect" | "path", attributes: Readonly<Record<string, string | number>>];

/** What happens to a sound, from left to right: its samples, the picture of them, the network's layers, the answer. */
export function drawModel({ info, layers }: OpenedModel, frames: number): HTMLElement {
  const { features, windowSeconds, labels, network } = info;
  const samples = formatCount(Math.round(windowSeconds * features.sampleRateHz));
  const trained = layers.filter(({ name, numbers }) => name !== "" && numbers > 0);
  const count = `${formatCount(info.parameters)} parameters`;
  const size =
    trained.length === 0
      ? count // a file whose nodes say no layer
      : `${trained.length} layers, ${count}; a bar a layer, on a logarithmic scale`;
  const steps = makeElement("ol", { className: "steps" });
  steps.append(
    makeStep(drawShapes([drawWave()]), `${windowSeconds} s of sound`, `${samples} samples`),
    makeStep(copySpectrogram(), "Log-mel spectrogram", `${frames} frames of ${features.melBands} bands`),
    makeStep(drawShapes(drawLayers(trained)), `Network “${network}”`, size),
    makeStep(drawShapes(drawAnswer(labels.length)), "Answer", `${labels.length} probabilities`),
  );
  return steps;
}

function makeStep(picture: Element, title: string, detail: string): HTMLElement {
  const step = makeElement("li");
  picture.setAttribute("aria-hidden", "true"); // the text beside it says the same
  step.append(picture, makeElement("strong", { text: title }), makeElement("span", { text: detail }));
  return step;
}

function drawShapes(shapes: readonly Shape[]): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(namespace, "svg");
  picture.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
  picture.setAttribute("preserveAspectRatio", "none");
  for (const [element, attributes] of shapes) {
    const shape = document.createElementNS(namespace, element);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, String(value));
    picture.append(shape);
  }
  return picture;
}

/** Three sounds, one after the other: any wave will do, the real one is above on the page. */
function drawWave(): Shape {
  const points = Array.from({ length: box.width }, (_, x) => {
    const envelope = Math.abs(Math.sin((3 * Math.PI * x) / box.width)) ** 3;
    return `${x} ${(box.height / 2 - 0.45 * box.height * envelope * Math.sin(1.7 * x)).toFixed(1)}`;
  });
  return ["path", { d: `M${points.join("L")}`, class: "line" }];
}

/** What the page shows now is what the network gets. */
function copySpectrogram(): HTMLCanvasElement {
  const canvas = makeElement("canvas");
  requestAnimationFrame(() => {
    const shown = document.querySelector<HTMLCanvasElement>("#spectrogram");
    const { context, width, height } = fitCanvas(canvas);
    if (shown !== null && shown.width > 0) context.drawImage(shown, 0, 0, width, height);
  });
  return canvas;
}

/** A bar a layer, as high as its count of weights has digits. */
function drawLayers(layers: readonly Layer[]): Shape[] {
  const digits = layers.map(({ numbers }) => Math.log10(1 + numbers));
  const most = Math.max(...digits, 1);
  const step = box.width / Math.max(1, layers.length);
  return digits.map((count, index) => {
    const height = (box.height * count) / most;
    return ["rect", { x: index * step, y: box.height - height, width: 0.75 * step, height }];
  });
}

function drawAnswer(classes: number): Shape[] {
  const rows = Math.min(classes, 12);
  const step = box.height / rows;
  const winner = Math.floor(rows / 3);
  return Array.from({ length: rows }, (_, index) => {
    const width = index === winner ? 0.9 * box.width : 0.06 * box.width;
    const kind = index === winner ? "winner" : "other";
    return ["rect", { x: 0, y: (index + 0.2) * step, width, height: 0.6 * step, class: kind }];
  });
}
