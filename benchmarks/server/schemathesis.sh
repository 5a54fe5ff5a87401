#!/bin/sh
# Asks a real server what its OpenAPI document allows and what it does not: no 5xx, no status that is not documented.
# sh benchmarks/server/schemathesis.sh [MODEL]   (npx tsx setup/python/setup-python.ts server installs schemathesis)
set -eu
port=18203
model="${1:-pretrained/esc10.onnx}"
node --import tsx pipeline/cli.ts serve --model "$model" --port $port --log-level error --workers 1 &
server=$!
trap 'kill $server' EXIT
until curl --fail --silent --output /dev/null "http://127.0.0.1:$port/readyz"; do sleep 1; done
.cache/server-venv/bin/schemathesis run "http://127.0.0.1:$port/openapi.json" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
  --max-examples 25 --workers 1 --seed 31 --request-timeout 60
