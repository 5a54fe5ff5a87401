#!/bin/sh
# Ask a server with curl: sh examples/08-server-curl.sh http://127.0.0.1:8080 dog.ogg
set -eu
server="$1"
sound="$2"

echo "--- the file as it is"
curl --fail --silent --show-error --data-binary "@$sound" "$server/v1/classify?top=1"
echo
echo "--- a form, with its options as fields"
curl --fail --silent --show-error -F "file=@$sound" -F top=1 -F events=true "$server/v1/classify"
echo
echo "--- events of a long recording, while it is uploaded"
curl --fail --silent --show-error -X POST -T "$sound" "$server/v1/events"
