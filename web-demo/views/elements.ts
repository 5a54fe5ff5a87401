/** The element with an id of index.html. @throws TypeError when it is missing or of another kind */
export function findElement<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new TypeError(`#${id}: expected ${kind.name}, got ${element === null ? "none" : element.tagName}`);
}

/** A new element with class and text. */
export function makeElement<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { className, text }: { readonly className?: string; readonly text?: string } = {},
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className !== undefined) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Text that stays the same is not written again, which would cost a layout. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Gives a canvas as many pixels as the screen has under it. @returns its context, in CSS pixels, and its size */
export function fitCanvas(canvas: HTMLCanvasElement): {
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
} {
  const scale = Math.min(devicePixelRatio, 2);
  const { clientWidth: width, clientHeight: height } = canvas;
  const pixels = { width: Math.round(width * scale), height: Math.round(height * scale) };
  if (canvas.width !== pixels.width) canvas.width = pixels.width;
  if (canvas.height !== pixels.height) canvas.height = pixels.height;
  const context = canvas.getContext("2d", { alpha: true });
  if (context === null) throw new Error("canvas: expected a 2D context, got none");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return { context, width, height };
}

/** Gives the user a file, as a download of the browser. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name.replaceAll(/[\\/:*?"<>|]/g, "-");
  link.click();
  // The browser has taken the content once the click is handled.
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 60_000);
}
