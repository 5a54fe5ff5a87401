import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { escapeHtml, trustHtml, type Html } from "../../common/html.ts";
import { chartConfig } from "./theme.ts";

/**
 * Draws a Vega-Lite chart as inline SVG. A mark's `description` becomes the tip that the page shows on hover.
 * @param summary what the figure shows, in words, for those who cannot see it
 */
export async function renderChart(spec: TopLevelSpec, summary: string): Promise<Html> {
  const compiled = compile({ ...spec, config: chartConfig }, { logger: vega.logger(vega.Error) }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  return trustHtml(tidySvg(svg, summary));
}

/** Takes the fixed size and what only Vega's own runtime needs out of the markup, and names the picture. */
function tidySvg(svg: string, summary: string): string {
  const width = readAttribute(svg, /\bwidth="([\d.]+)"/);
  // Vega escapes < and > in texts and attributes, so that a tag ends at the first >.
  const marks = svg.replaceAll(/<[a-z][^>]*>/g, (tag) =>
    tag
      .replace(/ aria-label="/, ' data-tip="')
      .replaceAll(/ (?:class|role|aria-[a-z]+|pointer-events|stroke-miterlimit)="[^"]*"/g, "")
      .replaceAll(/(\d+\.\d{2})\d+/g, "$1"),
  );
  const body = marks
    .replaceAll(/<path d="(?:M0,0h0v0h0Z)?"(?: display="none")?\/>/g, "")
    .replace(/^<svg[^>]*>/, "")
    .replace(/^<rect [^>]*fill="transparent"\/>/, "");
  const viewBox = readAttribute(svg, /\bviewBox="([^"]*)"/);
  const opening = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" style="max-width:${width}px"`;
  return `${opening} role="img" aria-label="${escapeHtml(summary)}">${body}`;
}

function readAttribute(svg: string, pattern: RegExp): string {
  const value = pattern.exec(svg)?.[1];
  if (value === undefined)
    throw new Error(`expected Vega's SVG with ${String(pattern)}, got ${svg.slice(0, 100)}`);
  return value;
}
