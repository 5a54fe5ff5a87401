import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/**
 * Text in a colour where the stream is a terminal that shows colours, else as it is; `NO_COLOR` in the environment
 * turns them off (no-color.org).
 */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  const { NO_COLOR: off = "", TERM: terminal } = process.env;
  if (!stream.isTTY || off !== "" || terminal === "dumb") return text;
  return styleText(style, text);
}
