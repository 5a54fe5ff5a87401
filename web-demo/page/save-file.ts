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
