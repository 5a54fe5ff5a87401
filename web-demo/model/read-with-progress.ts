/**
 * A response's content, with what has arrived reported on the way.
 * @param onProgress bytes so far, and in all where the host says so
 */
export async function readWithProgress(
  response: Response,
  onProgress: (loadedBytes: number, totalBytes: number | undefined) => void,
): Promise<Blob> {
  const length = Number(response.headers.get("Content-Length"));
  // A host that compresses on the way says how long the compressed content is.
  const isPlain = response.headers.get("Content-Encoding") === null;
  const totalBytes = isPlain && length > 0 ? length : undefined;
  const reader = response.body?.getReader();
  if (reader === undefined) return response.blob();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let loadedBytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(pieces);
    pieces.push(value);
    loadedBytes += value.length;
    onProgress(loadedBytes, totalBytes);
  }
}
