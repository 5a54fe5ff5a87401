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
