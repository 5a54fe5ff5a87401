import path from "node:path";
import { html, type Html } from "../../common/html.ts";
import type { Clip } from "../dataset.ts";

/** A data set's clips in the plane, those that sound alike close together. */
export interface ClipMap {
  /** Name of the network whose embeddings were placed. */
  readonly backbone: string;
  readonly labels: readonly string[];
  /** x and y from 0 to 1. */
  readonly points: readonly { readonly clip: Clip; readonly x: number; readonly y: number }[];
  /** Probable label errors, surest first; undefined where a class has a single recording, which leaves none to ask. */
  readonly suspects: readonly Suspect[] | undefined;
}

interface Suspect {
  /** Position in `points`. */
  readonly point: number;
  readonly suggested: string;
  readonly probability: number;
  /** Of the label that the clip has. */
  readonly ownProbability: number;
}

const sizePixels = 640;

/** The suspicious clips, all of them, and the map; both play the data set's own files, found from the card's folder. */
export function renderClipMap({ backbone, labels, points, suspects }: ClipMap, folder: string): Html {
  const own = points.map(({ clip }) => addressSound(clip, folder));
  return html`<h2>Probable label errors</h2>
    ${renderSuspects({ backbone, points, suspects, addresses: own })}
    <h2>Map of the clips</h2>
    <p class="soft">
      Clips that sound alike to ${backbone} lie close together (UMAP; the axes mean nothing). A click plays a
      clip; a ring marks a probable label error.
    </p>
    <p class="legend">
      ${labels.map((label, index) => html`<span><i style="background:${pickColour(index, labels)}"></i>${label}</span>`)}
    </p>
    <svg
      class="map"
      viewBox="-12 -12 ${sizePixels + 24} ${sizePixels + 24}"
      role="group"
      aria-label="map of the clips"
    >
      ${points.map(({ clip, x, y }, index) => {
        const suspect = suspects?.find(({ point }) => point === index);
        const title = suspect === undefined ? clip.label : `${clip.label}; sounds like ${suspect.suggested}`;
        return html`<circle
          cx="${(x * sizePixels).toFixed(1)}"
          cy="${((1 - y) * sizePixels).toFixed(1)}"
          r="${suspect === undefined ? 5 : 7}"
          class="${suspect === undefined ? "" : "suspect"}"
          fill="${pickColour(labels.indexOf(clip.label), labels)}"
          data-sound="${own[index]}"
        >
          <title>${clip.id}: ${title}</title>
        </circle>`;
      })}
    </svg>`;
}

function renderSuspects({
  backbone,
  points,
  suspects,
  addresses,
}: Omit<ClipMap, "labels"> & { readonly addresses: readonly string[] }): Html {
  if (suspects === undefined)
    return html`<p class="soft">
      Not looked for: a class has a single recording, which leaves nothing to compare with.
    </p>`;
  if (suspects.length === 0)
    return html`<p class="soft">
      None: ${backbone} finds each of the ${points.length} clips in its own class.
    </p>`;
  return html`<p class="soft">
      ${suspects.length} of ${points.length} clips sound more like another class to classifiers on ${backbone}
      that were trained on other recordings: listen to them, surest first. A clip that holds two sounds is no
      error.
    </p>
    <div class="scroll">
      <table class="suspects">
        <thead>
          <tr>
            <th></th>
            <th>clip</th>
            <th>labelled</th>
            <th>sounds like</th>
          </tr>
        </thead>
        <tbody>
          ${suspects.map(({ point, suggested, probability, ownProbability }) => {
            const clip = points[point]?.clip;
            return html`<tr>
              <td><button data-sound="${addresses[point]}" aria-label="play ${clip?.id}">▶</button></td>
              <th>${clip?.id}</th>
              <td>${clip?.label} (${(100 * ownProbability).toFixed(0)} %)</td>
              <td>${suggested} (${(100 * probability).toFixed(0)} %)</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
}

/** From the card's folder to the file, with the part of it that is the clip (W3C Media Fragments, `#t=from,to`). */
function addressSound({ path: file, range }: Clip, folder: string): string {
  const steps = path.relative(folder, path.resolve(file)).split(path.sep).map(encodeURIComponent);
  return steps.join("/") + (range === undefined ? "" : `#t=${range.startSeconds},${range.endSeconds}`);
}

/** Hues as far apart as the number of classes allows. */
const pickColour = (index: number, labels: readonly string[]): string =>
  `hsl(${Math.round((360 * index) / labels.length)} 65% ${index % 2 === 0 ? 45 : 62}%)`;

/** One sound at a time; a second click stops it. */
export const mapScript = `
const player = new Audio();
let playing;
const stop = () => { player.pause(); playing?.classList.remove("playing"); playing = undefined; };
player.addEventListener("ended", stop);
player.addEventListener("pause", () => { if (player.ended) stop(); });
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-sound]");
  if (!button) return;
  const again = button === playing;
  stop();
  if (again) return;
  playing = button;
  button.classList.add("playing");
  player.src = button.dataset.sound;
  player.play().catch((error) => { stop(); button.title = "cannot be played: " + error.message; });
});
`;
