/**
 * A picture outside a page has no style sheet: its named colours as greys that can be read on a light and on a dark
 * ground.
 */
export function fillColours(svg: string): string {
  const greys: Readonly<Record<string, string>> = {
    ink: "#6e7781",
    muted: "#6e7781",
    rule: "#8c959f",
    faint: "#d0d7de",
  };
  return svg.replaceAll(/var\(--([a-z]+)\)/g, (all, name: string) => greys[name] ?? all);
}
