#!/usr/bin/env bash
# Approves the public API as it is now: writes it into PublicAPI.Unshipped.txt of every project under src. A build fails while the API and
# these files differ. Run this after a wanted change and review the difference; a release moves the lines to PublicAPI.Shipped.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

header='#nullable enable'
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Prints the symbols that a rule of the analyzer names.
symbols() { sed -nE "s/.*(warning|error) $1: Symbol '(.*)' is (not )?part of the declared .*/\2/p" "$log" | LC_ALL=C sort -u; }

for project in src/UsageCapture/*.csproj src/UsageCapture.*/*.csproj; do
  folder=$(dirname "$project")
  [ -e "$folder/PublicAPI.Shipped.txt" ] || echo "$header" > "$folder/PublicAPI.Shipped.txt"
  approved="$folder/PublicAPI.Unshipped.txt"
  echo "$header" > "$approved"

  # The core comes first in the list, so that every project finds what it references already built.
  dotnet build "$project" --no-dependencies --no-incremental "-p:WarningsNotAsErrors=RS0016%3BRS0017" > "$log" \
    || { grep ': error ' "$log" | sort -u; exit 1; }

  # RS0016 names what is in the code only, RS0017 what is in the shipped API only.
  { symbols RS0016; symbols RS0017 | sed 's/^/*REMOVED*/'; } >> "$approved"
  echo "$project: $(($(wc -l < "$approved") - 1)) lines"
done
