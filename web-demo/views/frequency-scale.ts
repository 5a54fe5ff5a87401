import { makeElement } from "./elements.ts";

const marksHz = [200, 500, 1000, 2000, 5000, 10_000];
/** Of the picture's height, between two marks: their text's height on a phone. */
const minDistance = 0.12;

/** Marks on the mel scale of the features (mel = 1125 ln(1 + f / 700)), from 0 Hz below to half the rate above. */
export function renderFrequencyScale(list: HTMLElement, sampleRateHz: number): void {
  const top = toMel(sampleRateHz / 2);
  list.replaceChildren(
    ...pickMarks(sampleRateHz, top).map((hz) => {
      const mark = makeElement("li", { text: hz < 1000 ? `${hz} Hz` : `${hz / 1000} kHz` });
      mark.style.bottom = `${((100 * toMel(hz)) / top).toFixed(2)}%`;
      return mark;
    }),
  );
}

/** From above, those with room for their text. */
function pickMarks(sampleRateHz: number, top: number): number[] {
  const picked: number[] = [];
  let lastPlace = Infinity;
  for (const hz of marksHz.toReversed()) {
    const place = toMel(hz) / top;
    if (hz >= sampleRateHz * 0.45 || lastPlace - place < minDistance || place < minDistance / 2) continue;
    picked.push(hz);
    lastPlace = place;
  }
  return picked;
}

function toMel(hz: number): number {
  return 1125 * Math.log(1 + hz / 700);
}
