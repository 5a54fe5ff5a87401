import { formatSeconds } from "../../common/format-seconds.ts";

/**
 * Shows how far a long piece of work is: one moving line on a terminal, a line per tenth elsewhere. Work that is done
 * at once shows nothing.
 */
export interface Progress {
  /** @param doneBefore of `done`, what an earlier process did: it says nothing about the time that is left */
  update(done: number, total: number, note?: string, doneBefore?: number): void;
  end(): void;
}

/** Work shorter than this needs no progress. */
const quietMs = 1000;

/** @param title what is being done, e.g. `features` */
export function createProgress(title: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  const startMs = performance.now();
  let lastTenth = 0;
  let lastWidth = 0;
  let lastDrawMs = 0;
  return {
    update(done, total, note = "", doneBefore = 0) {
      const nowMs = performance.now();
      if (nowMs - startMs < quietMs) return;
      const line = formatProgress(title, { done, total, doneBefore }, (nowMs - startMs) / 1000, note);
      if (stream.isTTY) {
        if (done < total && nowMs - lastDrawMs < 50) return;
        lastDrawMs = nowMs;
        const shown = line.slice(0, Math.max(1, stream.columns - 1)); // a wrapped line could not be drawn over
        stream.write(`\r${shown.padEnd(lastWidth)}`);
        lastWidth = shown.length;
        return;
      }
      const tenth = Math.floor((10 * done) / total);
      if (tenth > lastTenth) stream.write(`${line}\n`);
      lastTenth = Math.max(tenth, lastTenth);
    },
    end() {
      if (stream.isTTY && lastWidth > 0) stream.write(`\r${" ".repeat(lastWidth)}\r`);
    },
  };
}

function formatProgress(
  title: string,
  { done, total, doneBefore }: { readonly done: number; readonly total: number; readonly doneBefore: number },
  elapsedSeconds: number,
  note: string,
): string {
  const fraction = total === 0 ? 1 : done / total;
  const cells = Math.round(20 * fraction);
  const bar = "█".repeat(cells) + "░".repeat(20 - cells);
  const doneNow = done - doneBefore;
  const leftSeconds = doneNow > 0 ? (elapsedSeconds * (total - done)) / doneNow : Number.NaN;
  const time = fraction >= 1 ? `in ${formatSeconds(elapsedSeconds)}` : `${formatSeconds(leftSeconds)} left`;
  return `${title} ${bar} ${Number(done.toFixed(1))}/${total} ${time}${note === "" ? "" : `  ${note}`}`;
}
