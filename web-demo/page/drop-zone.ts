/** Takes files dropped anywhere on `area`; `shown` has the class `dragging` meanwhile. */
export function listenForDrops(area: HTMLElement, shown: Element | null, onFile: (file: File) => void): void {
  let depth = 0; // enter and leave come for every element below
  const mark = (change: number) => {
    depth = change === 0 ? 0 : depth + change;
    shown?.classList.toggle("dragging", depth > 0);
  };
  area.addEventListener("dragenter", () => {
    mark(1);
  });
  area.addEventListener("dragleave", () => {
    mark(-1);
  });
  area.addEventListener("dragover", (event) => {
    event.preventDefault(); // else the browser opens the file
  });
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(0);
    for (const file of event.dataTransfer?.files ?? []) onFile(file);
  });
}
