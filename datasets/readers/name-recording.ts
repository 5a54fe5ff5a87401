import { UserError } from "../../common/user-error.ts";
import { describeError } from "../../common/describe-error.ts";

/** Speech Commands' names: one speaker's hash in all words. */
const speakerName = /(?:^|\/)(?<speaker>[^/]+)_nohash_\d+\.[^./]+$/;

/** Endings of names that count the pieces of one recording: `a_take1.wav`, `b-part 02.ogg`. */
const pieceEnding = /[ ._-]*(?:take|part|seg|segment|chunk|slice|piece)[ ._-]?\d+$/i;

/**
 * Says which recording a file belongs to.
 * @param pattern a regular expression over the path inside the data set; its first group, or the whole match, names
 *   the recording; paths that do not match stand for themselves. Without it, endings such as `_take1` are cut off, and
 *   speakers are known by `_nohash_`
 * @throws UserError for no regular expression
 */
export function createRecordingNamer(pattern?: string): (file: string) => string {
  if (pattern === undefined) return cutPieceEnding;
  const expression = compile(pattern);
  return (file) => {
    const match = expression.exec(file);
    return match?.[1] ?? match?.[0] ?? file;
  };
}

/** Takes of one recording share the name before their number. */
function cutPieceEnding(file: string): string {
  const speaker = speakerName.exec(file)?.groups?.speaker;
  if (speaker !== undefined) return `speaker ${speaker}`;
  const stem = file.replace(/\.[^./]*$/, "");
  const cut = stem.replace(pieceEnding, "");
  return cut === stem || cut === "" || cut.endsWith("/") ? file : cut;
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "u");
  } catch (error) {
    const reason = describeError(error);
    throw new UserError(`--group-by: expected a regular expression, got ${pattern}: ${reason}`);
  }
}
