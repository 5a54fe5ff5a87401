/**
 * Runs in the page: adds 48 classes of 200 clips to those that are taught. Their sounds are those of the clips that are
 * there, and their embeddings differ from these a little, so that nothing is left to compute but the head.
 */
export const fillClipStore = `(async () => {
  const ask = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await ask(indexedDB.open("earshot teach"));
  const readAll = (store, method) => ask(database.transaction(store).objectStore(store)[method]());
  const clips = await readAll("clips", "getAll");
  const embeddings = await readAll("embeddings", "getAll");
  const [[modelHash]] = await readAll("embeddings", "getAllKeys");
  const transaction = database.transaction(["classes", "clips", "embeddings"], "readwrite");
  const written = new Promise((resolve) => { transaction.oncomplete = resolve; });
  let id = 1;
  for (let place = 0; place < 48; place++) {
    const own = { id: id++, name: "Class " + place };
    transaction.objectStore("classes").put(own);
    for (let index = 0; index < 200; index++, id++) {
      const like = (place * 200 + index) % clips.length;
      transaction.objectStore("clips").put({ ...clips[like], id, classId: own.id, group: "group " + (index % 20) });
      const embedding = embeddings[like].map((value, column) => value + 0.3 * Math.sin(id * value + place + column));
      transaction.objectStore("embeddings").put(embedding, [modelHash, id]);
    }
  }
  await written;
  database.close();
})()`;
