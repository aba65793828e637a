#!/usr/bin/env bash
# Everything that must hold before a change lands: it builds without warnings, every test passes, a minute of random
# faults loses nothing, the quickstart and the benchmarks run, and the packages can be made. Run it from anywhere; results are left in artifacts/.
set -euo pipefail
cd "$(dirname "$0")/.."

artifacts="$PWD/artifacts"
rm -rf "$artifacts/tests" "$artifacts/packages"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

step() { printf '\n== %s\n' "$*"; }

step "Build"
dotnet build Handlers.sln

step "Test"
failed=0
dotnet test Handlers.sln --no-build --logger trx --results-directory "$artifacts/tests" || failed=1

step "Soak, for a minute"
USAGECAPTURE_SOAK_SECONDS=60 dotnet test tests/UsageCapture.Tests --no-build --filter FullyQualifiedName~SoakTests || failed=1

step "Quickstart, without a key and without a network"
env -u OPENAI_API_KEY -u AZURE_OPENAI_ENDPOINT -u AZURE_OPENAI_API_KEY \
  dotnet run --project samples/Quickstart --no-build

step "Benchmarks, each once"
dotnet run --project tests/UsageCapture.Benchmarks --no-build -- --smoke

step "Pack"
dotnet pack Handlers.sln --output "$artifacts/packages"

# The figures are the test platform's own: every results file has one line of counters.
shopt -s nullglob
passed=0; failures=0; total=0
for results in "$artifacts"/tests/*.trx; do
  counters=$(grep -o '<Counters [^>]*>' "$results")
  count() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
  total=$((total + $(count total))); passed=$((passed + $(count passed))); failures=$((failures + $(count failed)))
done

# Tests over recorded responses of real services, and over exchanges rebuilt from reports, are skipped where these are not beside the
# repository. No other test is.
skipped=$((total - passed - failures))
if [ ! -d ../shared/corpus ] || [ ! -d ../shared/field-cases ]; then
  printf '\nLeft out: %d tests over recorded and reported responses, because ../shared/corpus or ../shared/field-cases is absent.\n' "$skipped"
elif [ "$skipped" -gt 0 ]; then
  failed=1
fi

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failures" "$skipped"
[ "$failed" -eq 0 ] && [ "$failures" -eq 0 ] && [ "$passed" -gt 0 ]
