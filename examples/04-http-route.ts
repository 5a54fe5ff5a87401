// A route of a Fastify server: curl --data-binary @dog.ogg -H "Content-Type: audio/ogg" localhost:3000/classify
// npx tsx examples/04-http-route.ts model.onnx 3000
import { AudioError, createClassifier } from "earshot/node";
import { fastify } from "fastify";

const [model = "model.onnx", port = "3000"] = process.argv.slice(2);

const classifier = await createClassifier(model);
const app = fastify({ bodyLimit: 25_000_000 });
app.addContentTypeParser(/^audio\//, { parseAs: "buffer" }, (_, body, done) => {
  done(null, body);
});
app.addHook("onClose", () => classifier.dispose());

app.post<{ Body: Buffer }>("/classify", async ({ body }, reply) => {
  try {
    return await classifier.classify(body);
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    return reply.code(400).send({ code: error.code, message: error.message });
  }
});

console.log(`listening at ${await app.listen({ port: Number(port) })}`);
process.once("SIGTERM", () => void app.close());
