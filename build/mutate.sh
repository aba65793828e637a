#!/usr/bin/env bash
# Mutation testing: build/mutate.sh [--sample N | --undetected] ROOM…, where a room is a folder or a file below src/UsageCapture, such as Delivery or
# Delivery/CompactJson.cs, or Root for the files of that folder itself, or Testing, OpenAI or a part of them, such as Testing/Har.
# It takes long and is no part of build/check.sh. CONTRIBUTING.md says how to read the results, which are in artifacts/mutation.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

dotnet build build/Mutate --verbosity quiet
exec dotnet build/Mutate/bin/Debug/net10.0/Mutate.dll "$@"
