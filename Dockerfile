# The server alone, without training: docker build -t earshot . && docker run -v ./models:/models:ro -p 127.0.0.1:8080:8080 earshot
# Another base (a mirror, a digest): --build-arg NODE_IMAGE=...
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npx tsc -p tsconfig.build.json && npm pack --ignore-scripts --pack-destination /tmp

# Exactly the versions of the lock file, without what is for development only.
WORKDIR /app
RUN cp /src/package-lock.json . && node /src/setup/container-manifest.mjs /src/package.json > package.json \
  && npm install --ignore-scripts --no-audit --no-fund --omit=dev \
  && mkdir -p node_modules/earshot && tar -xzf /tmp/earshot-*.tgz -C node_modules/earshot --strip-components=1 \
  && rm -rf node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32

# A worker of queue/ (docs/scale.md), which trains: docker build --target worker -t earshot-worker .
FROM ${NODE_IMAGE} AS worker
COPY --from=build --chown=root:root /src /app
RUN mkdir /work && chown 1000:1000 /work
WORKDIR /work
USER 1000
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "--import", "/app/node_modules/tsx/dist/loader.mjs", "/app/pipeline/cli.ts", "worker"]

FROM ${NODE_IMAGE}
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 EARSHOT_HOST=0.0.0.0 EARSHOT_PORT=8080 EARSHOT_MODEL=/models/model.onnx
COPY --from=build --chown=root:root /app /app
WORKDIR /app
USER 1000
EXPOSE 8080
VOLUME /models
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.EARSHOT_PORT+'/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "node_modules/earshot/dist/server/main.js"]
