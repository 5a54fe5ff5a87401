import "../style/how.css";
import type { Layer } from "../../runtime/web.ts";
import type { OpenedModel } from "../worker/protocol.ts";
import { makeElement } from "./elements.ts";
import { formatCount, formatMegabytes, formatPercent } from "./format.ts";
import { drawModel } from "./model-picture.ts";

/** How the model processes a sound, in pictures; every layer for those who ask. */
export function describeModel(opened: OpenedModel): HTMLElement[] {
  const { info, layers, fileBytes } = opened;
  const { features, labels, windowSeconds, metrics } = info;
  const frames =
    Math.floor((windowSeconds * features.sampleRateHz - features.fftSamples) / features.hopSamples) + 1;
  const accuracy = metrics.testAccuracy;
  const details = makeElement("details", { className: "all-layers" });
  details.append(makeElement("summary", { text: `All ${layers.length} layers` }), makeTable(layers));
  return [
    drawModel(opened, frames),
    makeElement("p", {
      text:
        `The model is one ONNX file of ${formatMegabytes(fileBytes)}. It takes ${windowSeconds} s of sound at ` +
        `${formatCount(features.sampleRateHz)} Hz as ${frames} frames of ${features.melBands} mel bands ` +
        `(${features.fftSamples} samples each, every ${features.hopSamples}): the picture above. ` +
        (info.input === "samples"
          ? "The nodes that compute them are inside the file, so "
          : "Here as in training, ") +
        `nothing differs from training. The network “${info.network}” turns them into ${labels.length} ` +
        `probabilities with ${formatCount(info.parameters)} parameters.` +
        (accuracy === undefined
          ? ""
          : ` It classified ${formatPercent(accuracy)} of the test clips correctly.`),
    }),
    details,
  ];
}

function makeTable(layers: readonly Layer[]): HTMLElement {
  const place = makeElement("div", { className: "layers" });
  place.tabIndex = 0;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", "Layers of the network");
  const table = makeElement("table");
  const head = table.createTHead().insertRow();
  for (const title of ["Layer", "Operators", "Weights", "Numbers"]) {
    const cell = makeElement("th", { text: title, className: title === "Numbers" ? "number" : "" });
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const layer of layers) body.append(makeRow(layer));
  place.append(table);
  return place;
}

function makeRow({ name, operators, nodes, weights, numbers }: Layer): HTMLTableRowElement {
  const row = makeElement("tr");
  const title = makeElement("th", { text: name || "log-mel features" });
  title.scope = "row";
  const kinds = operators.slice(0, 4).join(", ") + (operators.length > 4 ? ", …" : "");
  const shapes = weights
    .slice(0, 3)
    .map(({ name: weight, shape }) => `${trimLayer(weight)} ${shape.join(" × ")}`);
  row.append(
    title,
    makeElement("td", { text: nodes > operators.length ? `${kinds} (${nodes} nodes)` : kinds }),
    makeElement("td", {
      text: shapes.join("; ") + (weights.length > 3 ? `; and ${weights.length - 3} more` : ""),
    }),
    makeElement("td", { text: numbers === 0 ? "" : formatCount(numbers), className: "number" }),
  );
  return row;
}

/** `conv1/kernel` in the row of conv1 is `kernel`. */
function trimLayer(weight: string): string {
  return weight.slice(weight.indexOf("/") + 1);
}
