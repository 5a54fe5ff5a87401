import { at } from "../../common/at.ts";
import { formatSeconds } from "../../common/format-seconds.ts";
import { html, type Html } from "../../common/html.ts";

const width = 640;
const height = 150;
const bins = 40;

/** How many clips have which length, as SVG. A set whose clips are all alike gets one bar in the middle. */
export function drawLengthHistogram(seconds: readonly number[]): Html {
  const least = Math.min(...seconds);
  const most = Math.max(...seconds);
  const margin = Math.max((most - least) * 0.02, most * 0.02);
  const from = Math.max(0, least - margin);
  const step = (most + margin - from) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const length of seconds) {
    const bin = Math.min(bins - 1, Math.floor((length - from) / step));
    counts[bin] = at(counts, bin) + 1;
  }
  const tallest = Math.max(...counts);
  const bars = counts.map((count, bin) => {
    const barHeight = count === 0 ? 0 : Math.max(2, (count / tallest) * (height - 46));
    const x = (bin * width) / bins + 1;
    const title = `${count} clips of ${formatSeconds(from + bin * step)} to ${formatSeconds(from + (bin + 1) * step)}`;
    return html`<rect
      x="${x}"
      y="${height - 24 - barHeight}"
      width="${width / bins - 2}"
      height="${barHeight}"
      rx="2"
      ><title>${title}</title></rect
    >`;
  });
  const tallestBin = counts.indexOf(tallest);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((fraction) => {
    const anchor = fraction === 0 ? "start" : fraction === 1 ? "end" : "middle";
    const text = formatSeconds(from + fraction * bins * step);
    return html`<text x="${fraction * width}" y="${height - 6}" text-anchor="${anchor}">${text}</text>`;
  });
  return html`<svg class="histogram" viewBox="0 0 ${width} ${height}" role="img" aria-label="Clips by length">
    <line x1="0" x2="${width}" y1="${height - 23.5}" y2="${height - 23.5}" />
    ${bars}
    <text class="count" x="${((tallestBin + 0.5) * width) / bins}" y="14" text-anchor="middle">
      ${tallest}
    </text>
    ${ticks}
  </svg>`;
}
