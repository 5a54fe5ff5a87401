import path from "node:path";
import { formatSeconds } from "../../common/format-seconds.ts";
import type { Dataset } from "../dataset.ts";
import type { PreparedFeatureSet } from "../feature-set.ts";
import { capLines } from "../format-problems.ts";
import { groupBy } from "../folds/group-by.ts";
import { summariseDataset, type ClipsSummary, type DatasetSummary } from "../summarise-dataset.ts";
import { renderHtmlPage } from "../../common/html-page.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { type ClipMap, mapScript, renderClipMap } from "./clip-map.ts";
import { formatRates, formatFraction } from "./format.ts";
import { drawLengthHistogram } from "./histogram.ts";
import { html, type Html } from "../../common/html.ts";
import { cardStyle } from "./style.ts";
import { pickClips, readThumbnail, waveformWidth, type Thumbnail } from "./thumbnail.ts";

/**
 * Writes a data set's card: one HTML page, with what the set holds, how even it is, what is odd about it, and how its
 * clips look. It needs nothing else, but for the data set's files, which a map plays.
 */
export async function writeDataCard(
  file: string,
  dataset: Dataset,
  featureSet: PreparedFeatureSet,
  map?: ClipMap,
): Promise<void> {
  const thumbnails: Thumbnail[] = [];
  for (const clip of pickClips(dataset.labels, featureSet.cached)) {
    thumbnails.push(await readThumbnail(clip, featureSet));
  }
  await writeFileAtomically(
    file,
    renderCard(dataset, featureSet, thumbnails, map && renderClipMap(map, path.resolve(path.dirname(file)))),
  );
}

function renderCard(
  dataset: Dataset,
  featureSet: PreparedFeatureSet,
  thumbnails: readonly Thumbnail[],
  map: Html | undefined,
): string {
  const summary = summariseDataset(dataset, featureSet.cached);
  const lengths = featureSet.cached.map(({ facts }) => facts.seconds);
  return renderHtmlPage({
    title: `${dataset.name}: data card`,
    style: cardStyle,
    ...(map && { script: mapScript, playsFiles: true }),
    body: html`<h1>${dataset.name}</h1>
      <p class="soft">${dataset.layout}</p>
      ${renderTiles(dataset, summary.total)}
      ${renderNotes([
        ...dataset.warnings,
        ...dataset.unused.map((line) => `not used: ${line}`),
        ...capLines(featureSet.badClips.map(({ reason }) => reason)).map((line) => `left out: ${line}`),
      ])}
      ${map}
      <h2>Classes</h2>
      ${renderTable(summary)}
      <h2>Length of clips</h2>
      ${drawLengthHistogram(lengths)}
      <h2>Examples of each class</h2>
      <p class="soft">
        Waveform, scaled to the clip's own peak, and log-mel spectrogram: time to the right, frequency
        upwards, the stronger the colour the louder. Each picture shows the
        ${formatSeconds(featureSet.clipSeconds)} that the network takes as one window; of a longer clip, the
        first.
      </p>
      ${renderGallery(dataset.labels, thumbnails)}
      <footer>Made by earshot from ${dataset.root}</footer>`,
  });
}

function renderTiles({ labels }: Dataset, total: ClipsSummary): Html {
  const tiles: [string | number, string][] = [
    [total.clips, "clips"],
    [labels.length, "classes"],
    [total.recordings, "recordings"],
    [formatSeconds(total.seconds), "of sound"],
    [total.clipsPerFold.length, "folds"],
    [formatRates(total.sampleRatesHz), "sample rate"],
  ];
  return html`<div class="tiles">
    ${tiles.map(([value, name]) => html`<div class="tile"><b>${value}</b><span>${name}</span></div>`)}
  </div>`;
}

function renderNotes(notes: readonly string[]): Html {
  if (notes.length === 0) return html``;
  return html`<ul class="notes">
    ${notes.map((note) => html`<li>${note}</li>`)}
  </ul>`;
}

function renderTable({ classes, total }: DatasetSummary): Html {
  const most = Math.max(...classes.map(({ clips }) => clips));
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>class</th>
          <th>clips, by fold</th>
          <th>clips</th>
          <th>recordings</th>
          <th>length</th>
          <th>silent</th>
          <th>clipped</th>
          <th>duplicates</th>
          <th>split recordings</th>
        </tr>
      </thead>
      <tbody>
        ${classes.map(
          (row) =>
            html`<tr>
              <th title="${row.label}">${row.label}</th>
              <td class="balance">${renderFolds(row, most)}</td>
              ${renderCells(row)}
            </tr>`,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th>all</th>
          <td></td>
          ${renderCells(total)}
        </tr>
      </tfoot>
    </table>
  </div>`;
}

function renderFolds({ clipsPerFold }: ClipsSummary, most: number): Html {
  const bars = clipsPerFold.map(
    (clips, index) =>
      html`<i
        style="width:${((100 * clips) / most).toFixed(2)}%"
        title="fold ${index + 1}: ${clips} clips"
      ></i>`,
  );
  return html`<div class="stack">${bars}</div>`;
}

function renderCells(row: ClipsSummary): Html {
  const cells = [
    String(row.clips),
    String(row.recordings),
    formatSeconds(row.seconds),
    formatFraction(row.silentFraction),
    formatFraction(row.clippedFraction),
    String(row.duplicates),
    String(row.splitRecordings),
  ];
  return html`${cells.map((cell) => (cell === "0" ? html`<td class="zero">0</td>` : html`<td>${cell}</td>`))}`;
}

function renderGallery(labels: readonly string[], thumbnails: readonly Thumbnail[]): Html {
  const ofClass = groupBy(thumbnails, ({ clip }) => clip.label);
  const sections = labels.flatMap((label) => {
    const own = ofClass.get(label);
    return own === undefined
      ? []
      : [
          html`<h3>${label}</h3>
            <div class="clips">${own.map(renderThumbnail)}</div>`,
        ];
  });
  const left = labels.length - sections.length;
  const more = left === 0 ? html`` : html`<p class="soft">and ${left} more classes</p>`;
  return html`${sections}${more}`;
}

function renderThumbnail({ clip, seconds, waveform, mel }: Thumbnail): Html {
  return html`<figure>
    <svg viewBox="0 -54 ${waveformWidth} 108" preserveAspectRatio="none" aria-hidden="true">
      <polygon points="${waveform}" />
    </svg>
    <img
      class="spectrogram"
      alt="log-mel of ${clip.id}"
      src="data:image/png;base64,${mel.toString("base64")}"
    />
    <figcaption>${clip.id}<br />fold ${clip.fold}, ${formatSeconds(seconds)}</figcaption>
  </figure>`;
}
