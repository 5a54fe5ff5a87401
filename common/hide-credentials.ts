/**
 * A text without the user and password of the addresses in it, for messages and files.
 *
 *     hideCredentials("--queue redis://:secret@box:6379"); // "--queue redis://***@box:6379"
 */
export function hideCredentials(text: string): string {
  return text.replaceAll(/(\w+:\/\/)[^\s]*@/g, "$1***@");
}
