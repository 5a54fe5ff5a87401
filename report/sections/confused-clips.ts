import { at } from "../../common/at.ts";
import path from "node:path";
import { listConfusedClips, type ConfusedClip } from "../analysis/confused-clips.ts";
import type { ReportData } from "../analysis/report-data.ts";
import { loadClip, type ClipMedia } from "../media/load-clip.ts";
import { nameClasses } from "../page/class-names.ts";
import { formatAmount, formatPercent } from "../page/format.ts";
import { html, type Html } from "../../common/html.ts";
import { isolate } from "../page/parts.ts";
import type { DataFacts } from "../run/run-result.ts";
import type { Section } from "./section.ts";

/** Clips shown, and characters that the sound and pictures of a group of them may take: a quarter of a mailed page. */
const limits = { clips: 6, characters: 750_000 } as const;

/** The mistakes with the highest confidence, with picture and sound. */
export async function writeConfusedClips({ main: { run, variant } }: ReportData): Promise<Section | null> {
  if (!variant?.scored) return null;
  const clips = listConfusedClips(variant.scored);
  if (clips.length === 0) return null;
  const cards = await drawClips(clips.slice(0, limits.clips), nameClasses(run.data.labels), run.data);
  return {
    id: "clips",
    title: "Most confident mistakes",
    body: html`<p>
        ${formatAmount(clips.length, `${variant.scored.split} clip`)} of ${variant.scored.distinctClips}
        ${clips.length === 1 ? "was" : "were"} misclassified. These had the highest confidence; listen and
        judge.
      </p>
      <div class="panels">${cards}</div>`,
  };
}

/** Pictures of clips with their sound, as far as there is room for it. */
export async function drawClips(
  clips: readonly ConfusedClip[],
  names: readonly string[],
  data: DataFacts,
): Promise<Html[]> {
  const cards: Html[] = [];
  let left: number = limits.characters;
  for (const clip of clips) {
    const media = await findMedia(clip.id, data);
    const fits = media !== null && media.size <= left;
    if (fits) left -= media.size;
    cards.push(drawCard(clip, names, fits ? media : null));
  }
  return cards;
}

function drawCard(clip: ConfusedClip, names: readonly string[], media: ClipMedia | null): Html {
  const [truth, predicted] = [at(names, clip.truth), at(names, clip.predicted)];
  return html`<figure class="clip">
    <figcaption>
      <strong>${isolate(truth)}</strong>
      <span
        >classified as ${isolate(predicted)}, ${formatPercent(clip.confidence, 0)} % confidence
        (${isolate(truth)} ${formatPercent(clip.truthProbability, 0)} %)</span
      >
      <span class="id">${isolate(clip.id)}</span>
    </figcaption>
    ${
      media !== null &&
      html`<img
          class="spectrogram"
          src="${media.spectrogram}"
          alt="Spectrogram of ${clip.id}"
          width="214"
          height="96"
        />
        <audio controls preload="none" src="${media.audio}" aria-label="${clip.id}"></audio>`
    }
  </figure>`;
}

/** Null for a clip whose file is not where the run found it. */
async function findMedia(id: string, { clips, root }: DataFacts): Promise<ClipMedia | null> {
  const listed = clips.find((clip) => clip.id === id)?.path;
  const file = listed ?? (root === null ? null : path.join(root, id));
  if (file === null) return null;
  return loadClip(file).catch(() => null);
}
